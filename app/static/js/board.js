/* The hall's board: asks for its state every two seconds, shows and speaks each new call, goes on after any break. */
(() => {
  const board = document.getElementById("board");
  const { chime } = window.jieli;
  const words = board.dataset;
  const at = (id) => document.getElementById(id);
  const [now, last, line, start] = ["now", "last", "line", "start"].map(at);
  const EVERY = 2000, SLOWEST = 15000, REVOKED = 60000, PATIENCE = 8000, FRESH = 60000, SHOWN_AT_LEAST = 9000;
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  let state = JSON.parse(at("state").textContent);
  let offset = Date.parse(state.now) - Date.now();
  let failures = 0;
  let speaking = false;             // the sound is on
  let stage = null;                 // the call that is being announced
  const known = new Set(state.calls.map((call) => call.key));
  const waiting = [];               // calls to announce, oldest first

  function draw() {
    const front = stage ?? state.calls[0];
    now.classList.toggle("is-empty", !front);
    now.classList.toggle("is-new", Boolean(stage));
    put(now.querySelector(".board-ticket"), front?.ticket ?? words.nobody);
    put(now.querySelector(".board-number"), front?.counter ?? "");
    put(now.querySelector(".board-place"), front?.place ?? "");
    const others = state.calls.filter((call) => call.key !== front?.key).slice(0, 5);
    last.replaceChildren(...others.map((call) => {
      const row = document.createElement("li");
      row.classList.toggle("is-over", call.state === "served");
      row.append(cell(call.ticket), cell(call.counter));
      return row;
    }));
    at("queues").replaceChildren(...state.queues.map((queue) => {
      const item = document.createElement("li");
      const count = document.createElement("b");
      count.textContent = queue.waiting;
      item.append(cell(queue.name), count);
      return item;
    }));
    put(at("date"), state.date);
    put(at("notice"), state.notice);
  }
  const put = (place, text) => { if (place.textContent !== String(text)) place.textContent = text; };
  const cell = (text) => Object.assign(document.createElement("span"), { textContent: text });

  // --- announcing, one after the other

  let announcing = false;
  async function announce() {
    if (announcing) return;
    announcing = true;
    while (waiting.length) {
      stage = waiting.shift();
      now.classList.remove("is-new");
      void now.offsetWidth;                                        // the swelling begins anew for the next one
      draw();
      await Promise.all([speaking ? chime("board").then(() => speak(stage)) : null, pause(waiting.length ? SHOWN_AT_LEAST / 2 : SHOWN_AT_LEAST)]);
    }
    stage = null;
    announcing = false;
    draw();
  }

  const voice = () => speechSynthesis.getVoices().find((each) => each.lang.replace("_", "-").startsWith(words.lang))
    ?? speechSynthesis.getVoices().find((each) => each.lang.startsWith(words.lang.slice(0, 2)));

  /** 「A 0 2 3」: digit by digit, as people read a ticket. Ends by itself where a voice never reports its end. */
  function speak(call) {
    if (!("speechSynthesis" in window)) return null;
    const said = new SpeechSynthesisUtterance(fill(words.say, { ticket: [...call.ticket].join(" "), counter: call.counter }));
    said.lang = words.lang;
    said.rate = .9;
    said.voice = voice() ?? null;
    return Promise.race([pause(9000), new Promise((done) => { said.onend = said.onerror = done; speechSynthesis.cancel(); speechSynthesis.speak(said); })]);
  }

  async function turnOn() {
    if (!(await chime("notice"))) return;
    speaking = true;
    start.hidden = true;
    try { localStorage.setItem("jieli.board", "on"); } catch { /* asked again next time */ }
    hint();
  }
  function hint() {
    if (failures) return;
    line.classList.add("is-quiet");
    // Voices come late in some browsers.
    const dumb = !("speechSynthesis" in window) || (speechSynthesis.getVoices().length > 0 && !voice());
    put(line, !speaking ? "" : dumb ? words.noVoice : words.speaking);
  }
  start.addEventListener("click", () => {
    turnOn();
    document.documentElement.requestFullscreen?.().catch(() => {});
    navigator.wakeLock?.request("screen").catch(() => {});
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    if (speaking) navigator.wakeLock?.request("screen").catch(() => {});
    poll();
  });

  // --- asking

  let timer = null;
  let asking = false;
  async function poll() {
    if (asking) return;
    asking = true;
    clearTimeout(timer);
    let wait = EVERY;
    try {
      const sent = Date.now();
      const url = new URL(words.url, location.href);
      url.searchParams.set("since", state.mark);
      // X-Live: if somebody is logged in in this browser, the board does not keep him so.
      const answer = await fetch(url, { headers: { "X-Requested-With": "fetch", "X-Live": "1" }, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      if (answer.status === 404) { warn(words.revoked); wait = REVOKED; return; }
      if (!answer.ok) throw new Error(String(answer.status));
      const told = await answer.json();
      offset = Date.parse(told.now) - (sent + Date.now()) / 2;
      failures = 0;
      hint();
      if (told.calls) take(told);
    } catch {
      failures += 1;
      warn(words.lost);
      wait = Math.min(SLOWEST, EVERY * 2 ** (failures - 1));
    } finally {
      asking = false;
      timer = setTimeout(poll, wait);
    }
  }

  function warn(text) {
    line.classList.remove("is-quiet");
    put(line, text);
    failures = Math.max(failures, 1);
  }

  /** What came while the line was down is shown, and spoken only if it is still of this minute. */
  function take(told) {
    const fresh = told.calls.filter((call) => !known.has(call.key) && Date.parse(told.now) - Date.parse(call.at) < FRESH);
    for (const call of told.calls) known.add(call.key);
    state = told;
    waiting.push(...fresh.reverse().map((call) => ({ ...call })));
    draw();
    announce();
  }

  function tick() {
    const moment = new Date(Date.now() + offset);
    put(at("clock"), moment.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Taipei" }));
  }

  window.addEventListener("online", poll);
  setInterval(tick, 1000);
  tick();
  draw();
  timer = setTimeout(poll, EVERY);
  // A kiosk may be allowed to sound without a press; then the sound comes back by itself after a restart.
  let wanted = null;
  try { wanted = localStorage.getItem("jieli.board"); } catch { /* never mind */ }
  if (wanted === "on") turnOn();
})();
