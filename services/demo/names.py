"""Names as they are frequent in Taiwan: surnames by their share, given names by sex and generation.

Shares in hundredths of a percent of the population, rounded, after 內政部 全國姓名統計分析. The given names are put
together from characters that were in fashion in a generation.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from random import Random

SURNAMES: dict[str, int] = {
    "陳": 1114, "林": 828, "黃": 603, "張": 526, "李": 512, "王": 411, "吳": 404, "劉": 316, "蔡": 291, "楊": 266,
    "許": 233, "鄭": 189, "謝": 177, "洪": 154, "郭": 149, "邱": 147, "曾": 145, "廖": 136, "賴": 132, "徐": 125,
    "周": 122, "葉": 120, "蘇": 114, "莊": 97, "呂": 95, "江": 93, "何": 89, "蕭": 87, "羅": 85, "高": 83,
    "潘": 75, "簡": 74, "朱": 72, "鍾": 70, "游": 58, "彭": 58, "詹": 57, "胡": 53, "施": 52, "沈": 51,
    "余": 49, "盧": 46, "趙": 45, "梁": 44, "柯": 40, "顏": 40, "翁": 38, "魏": 36, "孫": 35, "戴": 31,
    "范": 29, "方": 28, "宋": 27, "鄧": 24, "杜": 21, "傅": 20, "侯": 20, "曹": 19, "薛": 18, "丁": 18,
    "卓": 17, "馬": 17, "阮": 16, "董": 16, "溫": 12, "藍": 15, "蔣": 15, "石": 15, "古": 14, "紀": 14,
    "姚": 14, "連": 13, "馮": 13, "歐": 13, "程": 12, "湯": 12, "田": 11, "康": 11, "姜": 11, "白": 10,
    "汪": 10, "鄒": 10, "尤": 10, "巫": 9, "鐘": 9, "黎": 8, "涂": 8, "龔": 8, "嚴": 7, "韓": 7,
    "袁": 7, "金": 7, "童": 6, "陸": 6, "夏": 6, "柳": 5, "邵": 5, "張簡": 3, "歐陽": 2, "范姜": 2,
}  # fmt: skip


@dataclass(frozen=True)
class Generation:
    """Given names of those born before the year `until`: any first with any second character."""

    until: int
    men: tuple[str, str]
    women: tuple[str, str]


GENERATIONS = (
    Generation(
        1966,
        ("文明金建志武榮國清永福俊正天德", "雄輝龍山成發源祥榮川隆男義財福"),
        ("秀美麗淑玉月素春寶碧金阿惠錦瑞", "英珠美蘭卿鳳霞雲桃枝嬌琴梅鑾滿"),
    ),
    Generation(
        1990,
        ("志俊建宗家文明冠信銘政柏彥智國", "偉豪宏銘賢傑良仁文霖翰達豐緯彰"),
        ("淑雅美怡佳惠玉婉心麗慧靜珮筱詩", "芬婷玲君惠萍如慧娟雯芳貞琪華瑜"),
    ),
    Generation(
        9999,
        ("冠柏承宇彥品宥睿哲子奕翊浩丞昱", "廷翰恩翔睿安勳霖宇傑倫緯辰佑軒"),
        ("宜雅詩品子羽思佳芷語婕郁欣心采", "婷涵妤蓁萱庭瑄璇安恩潔芸晴柔穎"),
    ),
)


class NameMaker:
    """Draws names; which ones depends on the random numbers alone."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._surnames = tuple(SURNAMES)
        self._shares = tuple(accumulate(SURNAMES.values()))

    def draw(self, sex: str, born: int) -> str:
        random = self._random
        generation = next(each for each in GENERATIONS if born < each.until)
        first, second = generation.men if sex == "M" else generation.women
        surname = random.choices(self._surnames, cum_weights=self._shares)[0]
        return surname + random.choice(first) + random.choice(second)
