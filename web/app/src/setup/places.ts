// Countries and time zones come from the browser's own tables, so they are in
// the reader's language and need no list of ours.

const codes =
  "CN HK MO TW SG MY JP KR TH VN ID PH IN AE AU NZ US CA MX BR AR CL CO PE GB IE FR DE AT CH LI NL BE LU IT ES PT MT MC DK SE NO FI IS EE LV LT PL CZ SK HU RO BG GR HR SI RS UA RU TR IL SA EG MA ZA KE NG GH KZ UZ MN PK BD LK NP KH LA MM".split(" ");

export function regions(language: string): { id: string; text: string }[] {
  const names = new Intl.DisplayNames(language, { type: "region" });
  return codes.map((id) => ({ id, text: names.of(id) ?? id }));
}

// zones puts the given one first even if the browser does not list it.
export function zones(first: string): { id: string; text: string }[] {
  const all = Intl.supportedValuesOf("timeZone");
  return [...new Set([first, "Asia/Shanghai", ...all])].map((id) => ({ id, text: id.replaceAll("_", " ") }));
}
