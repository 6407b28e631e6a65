// The server's rules for a password, told while one types. The server has the
// last word: it also knows the list of common ones.
export const minLength = 10;

export type Rule = "length" | "login" | "common";

// A few of the commonest; the server's list is longer.
const common = ["password", "12345678", "qwertyuiop", "citygrid", "administrator", "letmein", "iloveyou", "woaini", "1q2w3e4r", "abcdefgh"];

// broken lists the rules that a password does not keep.
export function broken(password: string, login: string): Rule[] {
  const plain = password.toLowerCase();
  const out: Rule[] = [];
  if (Array.from(password).length < minLength) out.push("length");
  if (login !== "" && plain === login.toLowerCase()) out.push("login");
  if (common.some((c) => plain.replace(/\d+$/, "") === c || plain === c || plain === c + c)) out.push("common");
  return out;
}

// strength from 0 to 4, by the rough count of guesses: length times the kinds of
// characters in bits, less for repeats.
export function strength(password: string, login: string): 0 | 1 | 2 | 3 | 4 {
  if (password === "") return 0;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^\p{L}\d]/u, /\p{Lo}/u];
  const sizes = [26, 26, 10, 32, 3000];
  const alphabet = kinds.reduce((sum, k, i) => sum + (k.test(password) ? (sizes[i] ?? 0) : 0), 0);
  const bits = new Set(password).size * Math.log2(Math.max(2, alphabet));
  if (broken(password, login).length > 0) return 1;
  if (bits < 45) return 2;
  return bits < 65 ? 3 : 4;
}
