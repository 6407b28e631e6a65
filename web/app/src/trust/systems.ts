// The kinds of devices that a certificate is installed on, with the number of
// steps that each takes. Firefox keeps its own list of authorities on a desk.
export const steps = { ios: 4, android: 4, windows: 4, macos: 4, linux: 4, firefox: 3 } as const;

export type System = keyof typeof steps;

export const systems = Object.keys(steps) as System[];

// systemOf guesses the device from what its browser says. An iPad says that it
// is a Mac, but has a touch screen.
export function systemOf(agent: string, touch: boolean): System {
  if (/iPhone|iPad|iPod/.test(agent) || (touch && agent.includes("Macintosh"))) return "ios";
  if (agent.includes("Android")) return "android";
  if (agent.includes("Firefox/")) return "firefox";
  if (agent.includes("Windows")) return "windows";
  if (agent.includes("Macintosh")) return "macos";
  return "linux";
}
