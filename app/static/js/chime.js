/* Sounds made by the browser itself, no file. window.jieli.chime(name) resolves to true when it was heard.
   Browsers stay silent until somebody has pressed or typed something; jieli.chime.ready() tells, without asking for it. */
(() => {
  const TUNES = {                      // [frequency in Hz, starts after s, lasts s]
    notice: [[880, 0, .5], [1318.5, .18, .7]],
    board: [[783.99, 0, .9], [659.25, .38, .9], [523.25, .76, 1.3]],
    emergency: [[987.77, 0, .22], [740, .26, .22], [987.77, .52, .22], [740, .78, .22], [987.77, 1.04, .5]],
  };
  let context = null;
  const open = () => (context ??= new AudioContext());

  function note([frequency, after, lasts]) {
    const from = context.currentTime + after;
    const loudness = context.createGain();
    loudness.gain.setValueAtTime(0, from);
    loudness.gain.linearRampToValueAtTime(.28, from + .015);
    loudness.gain.exponentialRampToValueAtTime(.0008, from + lasts);
    loudness.connect(context.destination);
    for (const [times, share] of [[1, 1], [2.01, .22]]) {          // a second partial makes it a bell
      const tone = context.createOscillator();
      const part = context.createGain();
      part.gain.value = share;
      tone.frequency.value = frequency * times;
      tone.connect(part).connect(loudness);
      tone.start(from);
      tone.stop(from + lasts);
    }
  }

  async function chime(name) {
    open();
    if (context.state !== "running") await Promise.race([context.resume(), new Promise((done) => setTimeout(done, 300))]);
    if (context.state !== "running") return false;
    TUNES[name].forEach(note);
    const length = Math.max(...TUNES[name].map(([, after, lasts]) => after + lasts));
    await new Promise((done) => setTimeout(done, length * 1000));
    return true;
  }
  chime.ready = () => context?.state === "running";
  (window.jieli ??= {}).chime = chime;
  for (const gesture of ["pointerdown", "keydown"]) {
    document.addEventListener(gesture, () => { open(); if (context.state !== "running") context.resume().catch(() => {}); }, { once: true, capture: true });
  }
})();
