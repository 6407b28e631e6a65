// safeNext is where to go after the login: a path of this app, never another
// site that somebody put into a link.
export function safeNext(next: string | null): string {
  if (next === null || !/^\/(?![/\\])/.test(next) || next.startsWith("/login")) return "/map";
  return next;
}
