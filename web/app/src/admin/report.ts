// The import's report is whatever the importer had to say, as JSON. It is shown
// as it comes: numbers by name, one level of groups, lists by their length.

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
