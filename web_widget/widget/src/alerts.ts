import type { Locale } from "@chatserver/shared";
import type { FromWidget } from "./envelope.ts";
import { loadSpeaker } from "./texts/index.ts";

/** By its name of today, or by that of Safari before 2021. */
const Context = window.AudioContext ?? (window as unknown as { webkitAudioContext?: typeof AudioContext }).webkitAudioContext;
let audio: AudioContext | null = null;

/** Two soft tones, a fifth apart. Silent where the browser has not heard a tap yet, or makes no sound at all. */
export function chime(): void {
  if (Context === undefined) return;
  audio ??= new Context();
  void audio.resume();
  const begin = audio.currentTime;
  [660, 990].forEach((hertz, index) => {
    const context = audio as AudioContext;
    const [tone, volume] = [context.createOscillator(), context.createGain()];
    const at = begin + index * 0.12;
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.08, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.35);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.4);
  });
}

/** What a notification says: who wrote, never what. */
export async function alertOf(name: string, locale: Locale): Promise<FromWidget> {
  const say = await loadSpeaker(locale);
  const who = name === "" ? say("title") : name;
  return { type: "notify", title: say("title"), body: say("alert.message", { name: who }) };
}
