// A Clock tells the server's time, which a demo lets run faster than ours. It
// is set by the welcome and made better by the answers to pings.

export class Clock {
  private base = Date.now(); // the server's time, ms since 1970 ...
  private mark: number; // ... at this moment of ours
  speed = 1;
  set = false; // a server has told its time

  constructor(private readonly ticks: () => number = () => performance.now()) {
    this.mark = ticks();
  }

  // tell takes what the server's clock said; sent is when we asked, if we did:
  // the answer is then as old as half the way there and back.
  tell(now: string, speed: number, sent?: number): void {
    const at = this.ticks();
    const base = Date.parse(now);
    if (Number.isNaN(base)) return;
    this.speed = speed > 0 ? speed : 1;
    this.base = base + (sent === undefined ? 0 : ((at - sent) / 2) * this.speed);
    this.mark = at;
    this.set = true;
  }

  // now is the server's time in ms since 1970.
  now(): number {
    return this.base + (this.ticks() - this.mark) * this.speed;
  }

  // real is how long a stretch of the server's time takes for us.
  real(ms: number): number {
    return ms / this.speed;
  }
}
