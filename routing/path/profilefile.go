package path

import (
	_ "embed"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"citygrid/geo/street"
)

//go:embed profiles.toml
var standingProfiles string

// Profiles are the ones we stand by, in the order in which people are shown them.
// The maps in them are the caller's.
func Profiles() []Profile {
	all, err := ReadProfiles(strings.NewReader(standingProfiles), nil)
	if err != nil {
		panic("path: profiles.toml: " + err.Error())
	}
	return all
}

func standing(name string) Profile {
	all := Profiles()
	return all[slices.IndexFunc(all, func(p Profile) bool { return p.Name == name })]
}

// A ProfileError says where a profile file is wrong, and how.
type ProfileError struct {
	Line int // from 1
	Why  string
}

func (e *ProfileError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Why) }

// Limits on a profile file.
const (
	MaxProfileFile = 1 << 20 // bytes
	maxProfiles    = 200
)

// ReadProfiles reads profiles from a file of sections such as profiles.toml: a
// [name], then lines key = value, comments after #. It is a part of TOML: keys with
// dots, numbers, true and false, texts in double quotes, and for hours a list of
// inline tables. A section starts from the known profile of its name or, after a
// line like = "other", from a known or earlier one, and changes only what it says.
// The result are the known profiles, those of the file in their places or behind
// them. The error is a *ProfileError, or the reader's own.
func ReadProfiles(r io.Reader, known []Profile) ([]Profile, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxProfileFile+1))
	if err != nil {
		return nil, err
	}
	if len(text) > MaxProfileFile {
		return nil, fmt.Errorf("more than %d bytes: that is no file of profiles", MaxProfileFile)
	}
	f := profileFile{all: slices.Clone(known), at: -1}
	for i, line := range strings.Split(strings.TrimPrefix(string(text), "\ufeff"), "\n") {
		if err := f.line(i+1, strings.TrimSpace(line)); err != nil {
			return nil, &ProfileError{max(f.from, 1), err.Error()}
		}
	}
	if f.open != "" {
		return nil, &ProfileError{f.from, "the list that begins here has no ] at its end"}
	}
	if err := f.close(); err != nil {
		return nil, &ProfileError{f.section, err.Error()}
	}
	return f.all, nil
}

// A profileFile is a file being read.
type profileFile struct {
	all     []Profile
	at      int             // the profile of the section, -1 before the first
	section int             // its line
	seen    map[string]bool // its keys
	done    map[string]bool // names of sections
	open    string          // a list that goes on: the line so far
	from    int             // where the line began that is being read
}

var profileName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (f *profileFile) line(number int, line string) error {
	if !utf8.ValidString(line) {
		f.from = number
		return fmt.Errorf("it is not UTF-8 text; save the file as UTF-8")
	}
	line = uncommented(line)
	if f.open != "" {
		line = f.open + " " + line
	} else {
		f.from = number
	}
	f.open = ""
	switch {
	case line == "":
		return nil
	case strings.HasPrefix(line, "["):
		if err := f.close(); err != nil {
			f.from = f.section
			return err
		}
		return f.begin(number, line)
	case f.at < 0:
		return fmt.Errorf("a section such as [tow-truck] must come first")
	}
	key, value, ok := strings.Cut(line, "=")
	if !ok {
		return fmt.Errorf("want key = value")
	}
	key, value = strings.TrimSpace(key), strings.TrimSpace(value)
	if strings.HasPrefix(value, "[") && !strings.HasSuffix(value, "]") {
		f.open = line
		return nil
	}
	if f.seen[key] {
		return fmt.Errorf("%s stands in this section twice", key)
	}
	p := &f.all[f.at]
	if key == "like" {
		return f.like(p, value)
	}
	f.seen[key] = true
	k, rest := keyNamed(key)
	if k == nil {
		return fmt.Errorf("no key %s; citygrid profiles NAME prints those that there are", key)
	}
	v, err := readValue(value)
	if err == nil {
		err = k.set(p, rest, v)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

// begin starts a section.
func (f *profileFile) begin(number int, line string) error {
	name, ok := strings.CutSuffix(line[1:], "]")
	if name = strings.TrimSpace(name); !ok || !profileName.MatchString(name) || len(name) > 40 {
		return fmt.Errorf("want a section such as [tow-truck]: lower-case letters, digits and hyphens")
	}
	if f.done[name] {
		return fmt.Errorf("section [%s] stands here twice", name)
	}
	if f.done == nil {
		f.done = make(map[string]bool)
	}
	f.done[name], f.seen, f.section = true, make(map[string]bool), number
	f.at = slices.IndexFunc(f.all, func(p Profile) bool { return p.Name == name })
	if f.at < 0 {
		if len(f.all) == maxProfiles {
			return fmt.Errorf("more than %d profiles", maxProfiles)
		}
		f.at = len(f.all)
		f.all = append(f.all, Profile{Name: name})
	}
	return nil
}

func (f *profileFile) like(p *Profile, value string) error {
	v, err := readValue(value)
	if err != nil {
		return fmt.Errorf("like: %w", err)
	}
	if len(f.seen) > 0 {
		return fmt.Errorf("like must be the first line of its section")
	}
	f.seen["like"] = true
	name, _ := v.(string)
	for i, other := range f.all {
		if other.Name == name && i != f.at {
			other.Name = p.Name
			other.SpeedKMH, other.SurfaceShare = maps.Clone(other.SpeedKMH), maps.Clone(other.SurfaceShare)
			*p = other
			return nil
		}
	}
	return fmt.Errorf("like: no profile %s before this one", shown(v))
}

// close ends a section.
func (f *profileFile) close() error {
	if f.at < 0 {
		return nil
	}
	return f.all[f.at].ready()
}

// uncommented is a line without what stands behind a # outside of quotes.
func uncommented(line string) string {
	quoted := false
	for i := 0; i < len(line); i++ {
		switch {
		case quoted && line[i] == '\\':
			i++
		case line[i] == '"':
			quoted = !quoted
		case line[i] == '#' && !quoted:
			return strings.TrimSpace(line[:i])
		}
	}
	return line
}

// readValue reads a text, a number, true, false or a list of hours.
func readValue(s string) (any, error) {
	v := valueReader{s}
	var x any
	var err error
	if strings.HasPrefix(s, "[") {
		x, err = v.hours()
	} else {
		x, err = v.plain()
	}
	if err == nil && v.space() != "" {
		err = fmt.Errorf("%q stands behind the value", v.rest)
	}
	return x, err
}

type valueReader struct{ rest string }

func (v *valueReader) space() string {
	v.rest = strings.TrimSpace(v.rest)
	return v.rest
}

func (v *valueReader) take(c string) bool {
	ok := strings.HasPrefix(v.space(), c)
	if ok {
		v.rest = v.rest[len(c):]
	}
	return ok
}

func (v *valueReader) plain() (any, error) {
	s := v.space()
	if strings.HasPrefix(s, `"`) {
		quoted, err := strconv.QuotedPrefix(s)
		if err != nil {
			return nil, fmt.Errorf("a text without a \" at its end")
		}
		v.rest = s[len(quoted):]
		return strconv.Unquote(quoted)
	}
	end := strings.IndexAny(s, ",]} \t")
	if end < 0 {
		end = len(s)
	}
	word := s[:end]
	v.rest = s[end:]
	switch word {
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "":
		return nil, fmt.Errorf("no value")
	}
	x, err := strconv.ParseFloat(word, 64)
	if err != nil {
		return nil, fmt.Errorf("%s is no number; texts stand in double quotes", word)
	}
	return x, nil
}

// hours reads [{when = "...", all = 0.8}, ...].
func (v *valueReader) hours() ([]Hour, error) {
	v.take("[")
	all := []Hour{}
	for !v.take("]") {
		if !v.take("{") {
			return nil, fmt.Errorf("want [{when = \"Mo-Fr 07:00-09:00\", all = 0.8}, ...]")
		}
		var fields []entry
		for !v.take("}") {
			name, rest, ok := strings.Cut(v.space(), "=")
			if !ok {
				return nil, fmt.Errorf("an element of hours without a } at its end")
			}
			v.rest = rest
			value, err := v.plain()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", strings.TrimSpace(name), err)
			}
			fields = append(fields, entry{strings.TrimSpace(name), value})
			if !v.take(",") && !strings.HasPrefix(v.space(), "}") {
				return nil, fmt.Errorf("want a comma or } before %q", v.rest)
			}
		}
		h, err := hour(fields)
		if err != nil {
			return nil, err
		}
		all = append(all, h)
		if !v.take(",") && !strings.HasPrefix(v.space(), "]") {
			return nil, fmt.Errorf("want a comma or ] before %q", v.rest)
		}
	}
	return all, nil
}

// WriteProfile writes a profile as ReadProfiles reads it, all of it, with a word on
// each key.
func WriteProfile(w io.Writer, p *Profile) error {
	var b strings.Builder
	fmt.Fprintf(&b, "[%s]\n", p.Name)
	for i := range profileKeys {
		k := &profileKeys[i]
		fmt.Fprintf(&b, "# %s\n", k.about)
		entries := k.get(p)
		for _, e := range entries {
			fmt.Fprintf(&b, "%s = %s\n", e.name, shown(e.value))
		}
		if len(entries) == 0 {
			fmt.Fprintf(&b, "# %s...\n", k.name)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// shown writes a value as readValue reads it.
func shown(v any) string {
	switch v := v.(type) {
	case string:
		return strconv.Quote(v)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case []Hour:
		if len(v) == 0 {
			return "[]"
		}
		var b strings.Builder
		b.WriteString("[\n")
		for _, h := range v {
			fmt.Fprintf(&b, "  { when = %s", strconv.Quote(h.When))
			for _, c := range slices.Sorted(maps.Keys(h.Share)) {
				name := c.String()
				if c == street.ClassUnknown {
					name = "all"
				}
				fmt.Fprintf(&b, ", %s = %s", name, shown(h.Share[c]))
			}
			b.WriteString(" },\n")
		}
		return b.String() + "]"
	}
	return fmt.Sprint(v)
}
