package place

// full gives what an abbreviation may stand for (USPS Publication 28, appendix
// C1 and C2, the common ones, and what Germans and Chinese put on signs). Names
// are indexed under their own words and under these, and so are queries read,
// so that either side may abbreviate.
var full = map[string][]string{
	"aly": {"alley"}, "ave": {"avenue"}, "av": {"avenue"}, "blvd": {"boulevard"}, "br": {"branch", "bridge"},
	"bldg": {"building"}, "cir": {"circle"}, "ct": {"court"}, "cres": {"crescent"}, "cswy": {"causeway"},
	"dr": {"drive", "doctor"}, "expy": {"expressway"}, "ext": {"extension"}, "fwy": {"freeway"}, "ft": {"fort"},
	"gdns": {"gardens"}, "hts": {"heights"}, "hwy": {"highway"}, "jct": {"junction"}, "ln": {"lane"},
	"mt": {"mount"}, "mtn": {"mountain"}, "pk": {"park"}, "pkwy": {"parkway"}, "pky": {"parkway"}, "pl": {"place"},
	"plz": {"plaza"}, "pt": {"point"}, "rd": {"road"}, "rte": {"route"}, "rt": {"route"}, "sq": {"square"},
	"st": {"street", "saint"}, "sta": {"station"}, "ter": {"terrace"}, "terr": {"terrace"}, "tpke": {"turnpike"}, "trl": {"trail"},
	"vly": {"valley"}, "xing": {"crossing"}, "univ": {"university"}, "hosp": {"hospital"}, "sch": {"school"},
	"n": {"north"}, "s": {"south"}, "e": {"east"}, "w": {"west"},
	"ne": {"northeast"}, "nw": {"northwest"}, "se": {"southeast"}, "sw": {"southwest"},
	"jr": {"junior"}, "sr": {"senior"}, "str": {"strasse", "street"}, "pza": {"piazza"},
	"lu": {"road"}, "jie": {"street"}, "dajie": {"street", "avenue"}, "dadao": {"avenue", "boulevard"},
	"qiao": {"bridge"}, "gongyuan": {"park"}, "hutong": {"alley"},
	"first": {"1st"}, "second": {"2nd"}, "third": {"3rd"}, "fourth": {"4th"}, "fifth": {"5th"}, "sixth": {"6th"},
	"seventh": {"7th"}, "eighth": {"8th"}, "ninth": {"9th"}, "tenth": {"10th"},
}

// sides counts the words at the beginning of a name that only say which part of a
// street it is, as in North Market Street: its own name comes after them. Two
// words must be left, or there would be no name to North Street.
func sides(words []string) (n int) {
	for n < len(words)-2 && side[words[n]] {
		n++
	}
	return n
}

var side = map[string]bool{
	"north": true, "south": true, "east": true, "west": true, "n": true, "s": true, "e": true, "w": true,
	"northeast": true, "northwest": true, "southeast": true, "southwest": true, "ne": true, "nw": true, "se": true, "sw": true,
}

// inPinyin gives the pinyin of a street's type by its English name: who looks for
// "zhongshan rd" means 中山路 even if nobody gave it an English name.
var inPinyin = map[string][]string{
	"road": {"lu"}, "rd": {"lu"}, "street": {"jie", "dajie"}, "st": {"jie", "dajie"},
	"avenue": {"dajie", "dadao", "lu", "jie"}, "ave": {"dajie", "dadao", "lu", "jie"}, "boulevard": {"dadao"}, "blvd": {"dadao"},
	"alley": {"hutong", "xiang"}, "lane": {"xiang", "hutong"}, "bridge": {"qiao"}, "park": {"gongyuan"},
}
