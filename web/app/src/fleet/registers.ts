// The registers as the fleet pages show them: who may see and change each, and
// what its file looks like.
import type { RegisterName } from "../api/registers";

export interface Register {
  id: RegisterName;
  read: string; // the right to see it
  edit: string; // and to change it
  removable: boolean; // others are retired or disabled, never removed
  // The columns of its file, as they may be called in either language; * must be there.
  file: readonly { en: string; "zh-CN": string; needed?: true }[];
}

const name = [
  { en: "name_zh", "zh-CN": "中文名称" },
  { en: "name_en", "zh-CN": "英文名称" },
] as const;
const team = { en: "team", "zh-CN": "班组" } as const;
const place = (needed?: true) =>
  [
    { en: "lon", "zh-CN": "经度", ...(needed && { needed }) },
    { en: "lat", "zh-CN": "纬度", ...(needed && { needed }) },
  ] as const;

export const registerList: readonly Register[] = [
  {
    id: "people",
    read: "people.read",
    edit: "people.edit",
    removable: false,
    file: [{ en: "login", "zh-CN": "登录名", needed: true }, { en: "name", "zh-CN": "姓名", needed: true }, { en: "roles", "zh-CN": "角色" }, { en: "tags", "zh-CN": "标签" }, { en: "disabled", "zh-CN": "停用" }],
  },
  {
    id: "teams",
    read: "teams.read",
    edit: "teams.edit",
    removable: true,
    file: [{ en: "code", "zh-CN": "班组编码", needed: true }, ...name, { en: "area", "zh-CN": "区域", needed: true }],
  },
  {
    id: "stations",
    read: "stations.read",
    edit: "stations.edit",
    removable: true,
    file: [{ en: "code", "zh-CN": "站点编码" }, ...name, ...place(true), team, { en: "hours", "zh-CN": "开放时间" }, { en: "kind", "zh-CN": "站点类型" }],
  },
  {
    id: "vehicles",
    read: "vehicles.read",
    edit: "vehicles.edit",
    removable: false,
    file: [{ en: "plate", "zh-CN": "车牌", needed: true }, { en: "kind", "zh-CN": "车辆类型", needed: true }, team, { en: "capacity", "zh-CN": "载量" }, { en: "retired", "zh-CN": "报废" }, { en: "tags", "zh-CN": "标签" }],
  },
  {
    id: "devices",
    read: "devices.read",
    edit: "devices.edit",
    removable: false,
    file: [
      { en: "id", "zh-CN": "设备号", needed: true },
      { en: "class", "zh-CN": "类型", needed: true },
      { en: "protocol", "zh-CN": "协议", needed: true },
      { en: "secret", "zh-CN": "密钥" },
      { en: "datum", "zh-CN": "坐标系" },
      { en: "person", "zh-CN": "人员" },
      { en: "vehicle", "zh-CN": "车牌" },
      { en: "dog", "zh-CN": "犬证号" },
      { en: "disabled", "zh-CN": "停用" },
    ],
  },
  {
    id: "dogs",
    read: "dogs.read",
    edit: "dogs.edit",
    removable: false,
    file: [
      { en: "name", "zh-CN": "犬名", needed: true },
      { en: "licence", "zh-CN": "犬证号" },
      { en: "breed", "zh-CN": "品种" },
      { en: "owner", "zh-CN": "犬主" },
      { en: "owner_phone", "zh-CN": "联系电话" },
      ...place(),
      { en: "area", "zh-CN": "区域", needed: true },
      { en: "retired", "zh-CN": "注销" },
    ],
  },
  {
    id: "shifts",
    read: "shifts.read",
    edit: "shifts.edit",
    removable: true,
    file: [{ en: "person", "zh-CN": "人员", needed: true }, { ...team, needed: true }, { en: "vehicle", "zh-CN": "车牌" }, { en: "from", "zh-CN": "上班时间", needed: true }, { en: "to", "zh-CN": "下班时间", needed: true }, { en: "duty", "zh-CN": "岗位" }],
  },
];

export function mayFleet(rights: readonly string[]): boolean {
  return myRegisters(rights).length > 0;
}

// myRegisters are those worth a page: everybody may read teams and stations for
// the map's sake, which alone is no fleet to look after.
export function myRegisters(rights: readonly string[]): Register[] {
  const mine = registerList.filter((r) => rights.includes(r.read));
  return mine.some((r) => r.id !== "teams" && r.id !== "stations") ? mine : [];
}
