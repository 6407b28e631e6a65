package osm

import (
	"strings"

	"github.com/paulmach/osm"

	"citygrid/geo/street"
)

// maxName is the longest name that is kept, in bytes. OSM's own limit is 255
// characters.
const maxName = 1024

// language reads the language of a key such as "name:zh-Hant". Other things come
// after the colon too ("name:left", "name:etymology"), so only what looks like
// a language code counts.
func language(key string) (lang string, ok bool) {
	lang, ok = strings.CutPrefix(key, "name:")
	if !ok || len(lang) < 2 || len(lang) > 12 || lang[0] < 'a' || lang[0] > 'z' || lang[1] < 'a' || lang[1] > 'z' {
		return "", false
	}
	switch lang {
	case "old", "alt", "abb", "loc", "int", "tmp": // old_name and the like, written as name:old
		return "", false
	}
	main, _, more := strings.Cut(lang, "-")
	if len(main) > 3 || !more && len(lang) > 3 && !strings.Contains(lang, "_") {
		return "", false
	}
	for _, c := range lang {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return "", false
		}
	}
	return lang, true
}

// names reads a thing's names by language. "" is OSM's name; alt_name, old_name
// and the like stand under their own keys, so that a search finds them too.
func names(tags osm.Tags) map[string]string {
	var out map[string]string
	put := func(k, v string) {
		if v = strings.TrimSpace(v); v == "" || len(v) > maxName {
			return
		}
		if out == nil {
			out = make(map[string]string, 2)
		}
		out[clone(k)] = clone(v)
	}
	for _, tag := range tags {
		switch tag.Key {
		case "name":
			put("", tag.Value)
		case "alt_name", "old_name", "short_name", "loc_name", "official_name", "int_name":
			put(tag.Key, tag.Value)
		default:
			if lang, ok := language(tag.Key); ok {
				put(lang, tag.Value)
			}
		}
	}
	return out
}

// streetName reads what a street is called. One without a name is called by its
// number.
func streetName(tags osm.Tags) street.Name {
	n := street.Name{Ref: short(tags.Find("ref"))}
	in := names(tags)
	n.Default = in[""]
	delete(in, "")
	if n.Default == "" {
		n.Default = n.Ref
	}
	if len(in) > 0 {
		n.In = in
	}
	return n
}

func short(s string) string {
	if len(s) > maxName {
		return ""
	}
	return clone(s)
}
