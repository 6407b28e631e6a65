// A short tone and a buzz for a new task. Browsers let a page sound only after
// somebody has touched it; the button that starts the shift is such a touch.
let audio: AudioContext | null = null;

export function allowSound(): void {
  audio ??= "AudioContext" in window ? new AudioContext() : null;
  if (audio?.state === "suspended") void audio.resume();
}

export function chime(): void {
  if ("vibrate" in navigator && navigator.userActivation.hasBeenActive) navigator.vibrate([180, 80, 180]);
  if (audio?.state !== "running") return;
  const begin = audio.currentTime;
  [660, 880].forEach((hertz, i) => {
    if (audio === null) return;
    const [tone, loud] = [audio.createOscillator(), audio.createGain()];
    const at = begin + i * 0.18;
    tone.frequency.value = hertz;
    loud.gain.setValueAtTime(0.0001, at);
    loud.gain.exponentialRampToValueAtTime(0.25, at + 0.02);
    loud.gain.exponentialRampToValueAtTime(0.0001, at + 0.17);
    tone.connect(loud).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.18);
  });
}
