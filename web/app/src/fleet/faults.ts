// The server says in English what is wrong with a line of a file, as it does in
// its log and on the console. Here is the same in Chinese: the English with {}
// where it names something, and what to say instead, {0} being the first of these.
const chinese: [english: string, chinese: string][] = [
  // what is wrong with the file
  ["there are more than {} columns", "列数超过 {0}"],
  ["there is no such column", "没有这一列"],
  ["this column is there twice", "这一列出现了两次"],
  ["the first line names none of the columns", "首行没有任何可识别的列名"],
  ["this column is missing", "缺少这一列"],
  ["the file is empty", "文件是空的"],
  ["the file cannot be read: {}", "无法读取文件：{0}"],
  ["the file is larger than {} MiB", "文件大于 {0} MiB"],
  ["this is not a text file", "这不是文本文件"],
  ["a quotation mark is out of place", "引号位置不对"],
  ["there are more than {} lines", "行数超过 {0}"],
  ["the file says it is UTF-8 and is not", "文件标明为 UTF-8，实际不是"],
  ["the file says it is UTF-16 and is not", "文件标明为 UTF-16，实际不是"],
  ["the letters are neither UTF-8 nor GB18030", "文字既不是 UTF-8 也不是 GB18030 编码"],
  ["there are {} faults more", "另有 {0} 处错误"],
  ["it has {} columns, the header {}", "本行有 {0} 列，表头有 {1} 列"],
  // with a row of a file of zones
  ["not on the map", "不在地图内"],
  ["no street within {} m", "{0} 米内没有街道"],
  ["is it in another datum? Else move it, or take it as it is", "坐标系是否不同？否则请移动它，或勾选照样接受"],
  ["no geometry", "没有图形"],
  ["draw it, or take the row out", "请补画图形，或删去该行"],
  ["draw it again, or take the row out", "请重画，或删去该行"],
  ["{}, {} is no longitude and latitude in degrees", "{0}, {1} 不是以度表示的经度和纬度"],
  ["are the two the wrong way round, or is the file in metres? Save it in WGS 84 degrees", "经纬度是否颠倒，或文件以米为单位？请以 WGS 84 度保存"],
  ["{}, {} is no position, want two numbers", "{0}, {1} 不是位置，应为两个数"],
  ["the same name and place as row {}", "与第 {0} 行名称和位置相同"],
  ["take one of the two out", "请删去其中一行"],
  ["a {} is no zone", "{0} 不能作为区域"],
  ["save it as a polygon, a line or a point", "请保存为面、线或点"],
  ["mend it where it was drawn, or take the row out", "请在原图上改正，或删去该行"],
  ["choose another column for the name", "请为名称另选一列"],
  ["a name of more than {} letters", "名称超过 {0} 个字"],
  // with a row of a file of objects
  ["{} is no kind of object", "没有 {0} 这类对象"],
  ["write one of {}, or choose the kind of all rows", "可写：{0}；或为所有行选定类型"],
  ["the same code {} as {}", "与 {1} 编号相同：{0}"],
  ["the same kind, name and place as {}", "与 {0} 类型、名称和位置相同"],
  ["give each its own, or take one of the two out", "各自使用不同的编号，或删去其中一行"],
  ["give it a place, or take the row out", "请补上位置，或删去该行"],
  ["mend it, or take the row out", "请改正，或删去该行"],
  ["mend it in the file, or take the row out", "请在文件中改正，或删去该行"],
  ["stands on two sides of its street", "同时位于街道两侧"],
  ["choose one", "请选择一侧"],
  // with what comes first
  ["{} is no class of streets", "没有 {0} 这一道路等级"],
  ["{} is no kind of zone", "没有 {0} 这类区域"],
  ["{} is no way to tell", "不能按 {0} 区分"],
  ["a list may have {} entries", "最多 {0} 项"],
  // with a cell
  ["has more than {} bytes", "超过 {0} 字节"],
  ["{} is on line {} already", "{0} 已在第 {1} 行出现"],
  ["{} is in the register already", "{0} 已经登记"],
  ["is missing", "未填写"],
  ["must be at most {} printable bytes without spaces at the ends", "最多 {0} 字节的可见字符，首尾不能有空格"],
  ["must be at most {} printable characters without spaces at the ends", "最多 {0} 个可见字符，首尾不能有空格"],
  ["must be 1 to {} printable bytes without spaces and colons", "须为 1 至 {0} 字节的可见字符，不含空格和冒号"],
  ["must be 1 to {}", "须为 1 至 {0}"],
  ["must be 0 to {}", "须为 0 至 {0}"],
  ["only a pound has room for vehicles", "只有扣押停车场才有车位数"],
  ["leave it empty, or make the station a pound", "请留空，或把站点类型改为扣押停车场"],
  ["write how many vehicles it takes in 24 hours", "请填写 24 小时内可接收的车辆数"],
  ["must be given in at least one language and at most {}", "至少用一种语言填写，最多 {0} 种"],
  ["must have {} to {} printable bytes", "须为 {0} 至 {1} 字节的可见字符"],
  ["may not have a semicolon, which parts several in a file", "不能含分号：文件中用分号分隔多项"],
  ["has spaces in it", "含有空格"],
  ["{} is not a language tag such as zh-CN or en", "{0} 不是 zh-CN、en 这样的语言标记"],
  ["is not a longitude and latitude in degrees", "不是以度表示的经度和纬度"],
  ["is 0, 0, which is at sea", "坐标为 0, 0，位于海上"],
  ["{} is no id", "{0} 不是有效的编号"],
  ["nobody takes part", "没有人参加"],
  ["name people, or teams whose officers take part", "请指定人员，或队员参加的班组"],
  ["has {}, the limit is {}", "有 {0} 项，上限为 {1}"],
  ["{} is no id, or named twice", "{0} 不是有效的编号，或重复出现"],
  ["name each once", "每项只写一次"],
  ["are missing", "未填写"],
  ["name at least one", "请至少写一个"],
  ["{} has no line", "{0} 没有线形"],
  ["say where it lies", "请说明位置"],
  ["{} has a line of one point", "{0} 的线只有一个点"],
  ["have over {} points", "超过 {0} 个点"],
  ["make two campaigns of them", "请拆成两项行动"],
  ["must be 1 to {} metres a minute", "须为每分钟 1 至 {0} 米"],
  ["is empty", "为空"],
  ["say what is looked for", "请写明检查内容"],
  ["has {} twice", "{0} 重复"],
  ["give each item its own code", "每项须有各自的编码"],
  ["{} is no kind of station", "没有 {0} 这种站点"],
  ["{} is no kind of vehicle", "没有 {0} 这种车辆"],
  ["{} is no duty", "没有 {0} 这种岗位"],
  ["a tag must be 1 to {} printable characters without commas and semicolons", "标签须为 1 至 {0} 个可见字符，不含逗号和分号"],
  ["{} tags, the limit is {}", "有 {0} 个标签，上限为 {1}"],
  ["tags must be ascending, each once", "标签须按顺序排列且不重复"],
  ["{} is no class of device", "没有 {0} 这类设备"],
  ["{} is not the name of a protocol", "{0} 不是协议名称"],
  ["{} is not 0 to {}", "{0} 不在 0 至 {1} 之间"],
  ["is not a telephone number", "不是电话号码"],
  ["is not known", "无法识别"],
  ["is not the hash of a secret", "不是密钥的散列值"],
  ["a {} reports for a {}", "{0} 类设备用于 {1}"],
  ["is not in the years 1980 to 2199", "年份不在 1980 至 2199 之间"],
  ["is not after the start", "不晚于开始时间"],
  ["is {} after the start, the limit is {}", "比开始时间晚 {0}，上限为 {1}"],
  ["{} is not understood", "{0} 无法识别"],
  ["{} is neither yes nor no", "{0} 既不是“是”也不是“否”"],
  ["{} is not a number of degrees from -{} to {}", "{0} 不是 -{1} 至 {2} 之间的度数"],
  ["says another name than the column before", "与前一列的名称不一致"],
  ["is not a calendar: {}", "不是有效的时段：{0}"],
  ["{} is skipped when the clocks go forward", "{0} 因夏令时拨快而不存在"],
  ["{} is not a date and time", "{0} 不是日期和时间"],
  ["{} is not a whole number", "{0} 不是整数"],
  ["the device reports for a {} already", "该设备已用于 {0}"],
  ["person {} works from {} to {} already", "人员 {0} 在 {1} 至 {2} 已有班次"],
  ["there is no {} {}", "没有这样的{0}：{1}"],
  // how to mend it
  ["use {}", "可用：{0}"],
  ["use one of {}", "可用：{0}"],
  ["remove one", "删去其中一个"],
  ["the first line names the columns: {}", "首行应为列名：{0}"],
  ["the first line names the columns", "首行应为列名"],
  ["give each its own", "各自使用不同的值"],
  ["leave this line out, or change that entry", "删去本行，或修改已有的登记"],
  ["mend these first", "请先改正以上错误"],
  ['put texts with commas in "..."', '含逗号的文字请用 "..." 括起'],
  ["write less", "请缩短"],
  ["leave it empty to have one made", "留空则自动生成"],
  ["send it again", "请重新上传"],
  ["split it", "请拆分文件"],
  ["split the file", "请拆分文件"],
  ["save it as CSV", "请另存为 CSV"],
  ["save it as CSV UTF-8", "请另存为 CSV UTF-8"],
  ['put the whole text in "..." and write "" for one inside', '整段文字用 "..." 括起，其中的引号写成 ""'],
  ["write 5 to 20 digits, with spaces, hyphens and a + in front if you like", "写 5 至 20 位数字，可带空格、连字符和开头的 +"],
  ["use osmand, owntracks or json", "可用：osmand、owntracks、json"],
  ["use wgs84, gcj02 or bd09", "可用：wgs84、gcj02、bd09"],
  ["name one, or leave it empty", "填写一个，或留空"],
  ["write the date with its year", "日期请带年份"],
  ["a shift across midnight ends on the next date", "跨午夜的班次在次日结束"],
  ["write a shift for each day", "请按天分别填写班次"],
  ["leave them out", "请去掉空格"],
  ["longitude comes first", "经度在前"],
  ["write longitude and latitude in degrees", "请以度填写经度和纬度"],
  ["name {} or none", "填写{0}，或留空"],
  ["name {}", "请填写{0}"],
  ["write yes or no", "请填“是”或“否”"],
  ["write it like 121.0154, in WGS 84", "写法如 121.0154，WGS 84 坐标"],
  ["leave one of the two out", "两列只留一列"],
  ["write it like Mo-Fr 08:30-17:00", "写法如 Mo-Fr 08:30-17:00"],
  ["write a time that there is", "请写存在的时间"],
  ["write it like 2026-03-01 08:30", "写法如 2026-03-01 08:30"],
  ["write how many it carries at once", "填写一次能装多少"],
  ["leave one of the two empty", "两者只填其一"],
  ["end that one first, or start this one later", "先结束那个班次，或推迟本班次"],
  ["write the code of a team that there is, or import teams first", "填写已有班组的编号，或先导入班组"],
  ["write the code or the name of an area that there is", "填写已有辖区的编号或名称"],
  ["write the login of a person that there is, or import people first", "填写已有人员的登录名，或先导入人员"],
  ["write the plate of a vehicle that there is, or import vehicles first", "填写已有车辆的车牌，或先导入车辆"],
  ["write the licence of a dog that there is, or import dogs first", "填写已有犬只的犬证号，或先导入犬只"],
];

// What messages name, where English needs a word.
const things: Record<string, string> = {
  team: "班组", area: "辖区", person: "人员", vehicle: "车辆", dog: "犬只", device: "设备", station: "站点",
  "an object of the register": "已登记的对象", "a team": "班组", "an area": "辖区", "a person": "人员", "a vehicle": "车辆",
};

const holes = /\{\}/g;
const patterns = chinese.map(([english, say]) => ({
  holes: english.split(holes).length - 1,
  pattern: new RegExp(`^${english.split(holes).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("(.+?)")}$`, "s"),
  say,
}));
// Of two that fit, the one with less to fill in is meant, then the longer.
patterns.sort((a, b) => a.holes - b.holes || b.pattern.source.length - a.pattern.source.length);

// sayFault is a message of the server about a file in the language of the page.
// What isn't known stays as it is.
export function sayFault(message: string, language: string): string {
  if (!language.startsWith("zh") || message === "") return message;
  const inOne = /^in (\S+) (.*)$/s.exec(message); // "in zh-CN is missing"
  if (inOne?.[1] !== undefined && inOne[2] !== undefined) return `${inOne[1]}：${sayFault(inOne[2], language)}`;
  for (const { pattern, say } of patterns) {
    const found = pattern.exec(message);
    if (found !== null) return say.replace(/\{(\d)\}/g, (_, i: string) => word(found[Number(i) + 1] ?? ""));
  }
  return message;
}

// sayEntry is the message about one field of a form: what is wrong, and after a
// colon how to mend it.
export function sayEntry(message: string, language: string): string {
  const whole = sayFault(message, language);
  const cut = message.indexOf(": ");
  if (whole !== message || cut < 0 || !language.startsWith("zh")) return whole;
  return `${sayFault(message.slice(0, cut), language)}：${sayFault(message.slice(cut + 2), language)}`;
}

const word = (text: string): string => things[text] ?? text.replace(/^row (\d+)$/, "第 $1 行").replace(/^\[(.*)\]$/s, "$1");
