// The import's report is whatever the importer had to say, as JSON: numbers by
// name, one level of groups, lists by their length. A name is words that the
// language files know, such as "way: not in use: highway=construction".

export interface Group {
  name: string;
  rows: [string, string | number][];
}

const mostRows = 12;

export function reportGroups(report: unknown): Group[] {
  if (!isObject(report)) return [];
  const top: Group = { name: "", rows: [] };
  const groups: Group[] = [top];
  for (const [name, value] of Object.entries(report)) {
    if (isObject(value)) {
      const rows = Object.entries(value)
        .flatMap(([k, v]): [string, string | number][] => row(k, v))
        .sort((a, b) => Number(b[1]) - Number(a[1]))
        .slice(0, mostRows);
      if (rows.length > 0) groups.push({ name, rows });
    } else top.rows.push(...row(name, value));
  }
  return groups.filter((g) => g.rows.length > 0);
}

// reportWords splits a name of the report into the keys of its words; a tag of the
// map's data, such as highway=construction, is no word and stays as it is.
export function reportWords(name: string): { key?: string; text: string }[] {
  return name.split(": ").map((text) => (text.includes("=") ? { text } : { key: text.toLowerCase().replace(/[^a-z]+/g, "-"), text }));
}

function row(name: string, value: unknown): [string, string | number][] {
  if (typeof value === "number") return [[name, Number.isInteger(value) ? value : Math.round(value * 100) / 100]];
  if (typeof value === "string") return value === "" ? [] : [[name, value]];
  if (typeof value === "boolean") return [[name, String(value)]];
  if (Array.isArray(value)) return [[name, value.length]];
  return [];
}

function isObject(v: unknown): v is Record<string, unknown> {
  return typeof v === "object" && v !== null && !Array.isArray(v);
}
