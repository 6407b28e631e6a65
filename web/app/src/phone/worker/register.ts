// The service worker lets the phone page open without a signal. It minds /phone
// alone: desk pages always come from the server. In development there is none.
export function keepShell(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("/phone-worker.js", { scope: "/phone", updateViaCache: "none" }).catch(() => undefined); // not in a secure context
  // Added to the home screen from here, the phone page opens, not the desk.
  document.querySelector('link[rel="manifest"]')?.setAttribute("href", "/phone.webmanifest");
}
