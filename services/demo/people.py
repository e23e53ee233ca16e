"""Made-up people. Their numbers fit the check-digit rule and belong to nobody we know of; addresses are real roads.

Who is drawn depends on the random numbers alone, so that a seed gives the same people again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from rules.calendar import add_months
from rules.national_id import check_digit
from services.demo.names import NameMaker
from services.demo.roads import Road

# The letter tells where somebody was registered first; thousands of people, roughly.
LETTERS = {
    "A": 2600, "B": 1200, "C": 370, "D": 770, "E": 1500, "F": 3900, "G": 450, "H": 2200, "I": 270, "J": 560,
    "K": 540, "L": 1500, "M": 490, "N": 1250, "O": 450, "P": 670, "Q": 490, "R": 1100, "S": 1200, "T": 800,
    "U": 320, "V": 210, "W": 140, "X": 100, "Z": 13,
}  # fmt: skip
MAN, WOMAN = "1", "2"
RESIDENT_MAN, RESIDENT_WOMAN = "8", "9"
OLD_RESIDENT_MAN, OLD_RESIDENT_WOMAN = "C", "D"

# Serial numbers of the demo world; those of the large load lie below, so that the two never meet.
FIRST_DEMO_SERIAL = 5_000_000
SERIALS = 5_000_000
# Coprime with SERIALS: neighbours get numbers far apart, and none comes twice.
_STRIDE = 1_234_577


@dataclass(frozen=True)
class MadeUpPerson:
    """The values of a person's form, checked by nobody yet."""

    name: str
    national_id: str
    birthday: date
    phone: str
    home_phone: str
    address: str
    postal_code: str


def made_up_number(letter: str, second: str, serial: int) -> str:
    """`serial`: 0 to 9,999,999; with its check digit."""
    beginning = f"{letter}{second}{serial:07}"
    return beginning + check_digit(beginning)


def scattered(index: int) -> int:
    """A serial below `SERIALS`, another for each of as many indices."""
    return index * _STRIDE % SERIALS


class Population:
    """Draws people."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._names = NameMaker(random)
        self._letters = random.choices(tuple(LETTERS), tuple(LETTERS.values()), k=4096)

    def draw(
        self, road: Road, *, serial: int, today: date, ages: tuple[int, int], second: str, name: str = ""
    ) -> MadeUpPerson:
        """Somebody of `ages` (both included) who lives in this road; `second`: the number's second character."""
        random = self.random
        birthday = self.birthday(ages, today)
        sex = "M" if second in (MAN, RESIDENT_MAN, OLD_RESIDENT_MAN) else "F"
        return MadeUpPerson(
            name=name or self._names.draw(sex, birthday.year),
            national_id=made_up_number(random.choice(self._letters), second, serial),
            birthday=birthday,
            phone=mobile(random),
            home_phone=landline(random, road.city) if random.random() < 0.4 else "",
            address=road.address(random),
            postal_code=road.code,
        )

    def birthday(self, ages: tuple[int, int], today: date) -> date:
        youngest, oldest = ages
        born_after, born_until = add_months(today, -12 * (oldest + 1)), add_months(today, -12 * youngest)
        return born_until - timedelta(days=self.random.randrange((born_until - born_after).days - 1))


_AREA_CODES = {
    "臺北市": "02", "新北市": "02", "基隆市": "02", "桃園市": "03", "新竹市": "03", "新竹縣": "03", "宜蘭縣": "03",
    "花蓮縣": "03", "苗栗縣": "037", "臺中市": "04", "彰化縣": "04", "南投縣": "049", "雲林縣": "05", "嘉義市": "05",
    "嘉義縣": "05", "臺南市": "06", "澎湖縣": "06", "高雄市": "07", "屏東縣": "08", "臺東縣": "089", "金門縣": "082",
    "連江縣": "0836",
}  # fmt: skip
_DIGITS = {
    "02": 8,
    "03": 7,
    "037": 6,
    "04": 8,
    "049": 7,
    "05": 7,
    "06": 7,
    "07": 7,
    "08": 7,
    "089": 6,
    "082": 6,
    "0836": 5,
}


def mobile(random: Random) -> str:
    return f"09{random.randrange(10**8):08}"


def landline(random: Random, city: str) -> str:
    area = _AREA_CODES[city]
    digits = _DIGITS[area] - 1
    return f"{area}-{random.randint(2, 8)}{random.randrange(10**digits):0{digits}}"
