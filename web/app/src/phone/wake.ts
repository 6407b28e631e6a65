// A web page gets no positions with the screen off, so the screen is kept on
// while patrolling. The browser lets go when the page is hidden; it is asked
// again when the page is back.
export function keepAwake(tell: (awake: boolean) => void): () => void {
  if (!("wakeLock" in navigator)) {
    tell(false);
    return () => undefined;
  }
  let lock: WakeLockSentinel | null = null;
  let wanted = true;
  const ask = async () => {
    if (document.visibilityState !== "visible" || lock !== null) return;
    try {
      const got = await navigator.wakeLock.request("screen");
      if (!wanted) return void got.release();
      lock = got;
      got.addEventListener("release", () => {
        lock = null;
        tell(false);
      });
      tell(true);
    } catch {
      tell(false); // a low battery may forbid it
    }
  };
  const back = () => void ask();
  document.addEventListener("visibilitychange", back);
  back();
  return () => {
    wanted = false;
    document.removeEventListener("visibilitychange", back);
    void lock?.release();
  };
}
