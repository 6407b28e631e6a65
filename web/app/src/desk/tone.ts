// One short tone for a new alert. Browsers allow sound after a gesture only, and
// we make none before one either.

const saved = "citygrid.mute";
const restMs = 2000; // many at once are one tone

export function isMuted(): boolean {
  return localStorage.getItem(saved) === "1";
}

export function mute(on: boolean): void {
  if (on) localStorage.setItem(saved, "1");
  else localStorage.removeItem(saved);
}

export class Tone {
  private audio: AudioContext | null = null;
  private last = -Infinity;
  private readonly wake = () => {
    this.audio ??= new AudioContext();
    void this.audio.resume();
    this.deaf();
  };

  constructor() {
    window.addEventListener("pointerdown", this.wake);
    window.addEventListener("keydown", this.wake);
  }

  // ring: two notes up for a confirmed alert, one for a likely one.
  ring(confirmed: boolean): void {
    const { audio } = this;
    if (audio === null || audio.state !== "running" || isMuted()) return;
    const now = performance.now();
    if (now - this.last < restMs) return;
    this.last = now;
    const notes = confirmed ? [[660, 0], [880, 0.11]] : [[660, 0]];
    for (const [hz = 0, after = 0] of notes) {
      const start = audio.currentTime + after;
      const note = audio.createOscillator();
      const loud = audio.createGain();
      note.frequency.value = hz;
      loud.gain.setValueAtTime(0, start);
      loud.gain.linearRampToValueAtTime(0.14, start + 0.012);
      loud.gain.exponentialRampToValueAtTime(0.001, start + 0.2);
      note.connect(loud).connect(audio.destination);
      note.start(start);
      note.stop(start + 0.22);
    }
  }

  stop(): void {
    this.deaf();
    void this.audio?.close();
    this.audio = null;
  }

  private deaf(): void {
    window.removeEventListener("pointerdown", this.wake);
    window.removeEventListener("keydown", this.wake);
  }
}
