/** Two soft notes (Hz); the second is a fifth above, which is heard as "something came" rather than as an alarm. */
const NOTES_HZ = [587, 880] as const;
const NOTE_S = 0.12;
/** Quiet enough for a headset worn all day. */
const VOLUME = 0.08;
/** A burst of messages is one sound. */
const QUIET_MS = 1_500;

let context: AudioContext | null = null;
let lastAt = 0;

/** Play the signal for a new message or offer; where the browser allows no sound nothing happens. */
export function chime(now: number): void {
  if (now - lastAt < QUIET_MS || typeof AudioContext === "undefined") return;
  lastAt = now;
  context ??= new AudioContext();
  const audio = context;
  void audio.resume().then(() => NOTES_HZ.forEach((hz, index) => play(audio, hz, audio.currentTime + index * NOTE_S)));
}

function play(audio: AudioContext, hz: number, at: number): void {
  const tone = audio.createOscillator();
  const gain = audio.createGain();
  tone.frequency.value = hz;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(VOLUME, at + 0.01);
  gain.gain.exponentialRampToValueAtTime(0.001, at + NOTE_S * 2);
  tone.connect(gain).connect(audio.destination);
  tone.start(at);
  tone.stop(at + NOTE_S * 2);
}
