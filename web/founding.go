package web

import (
	"context"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"citygrid/data/audit"
	"citygrid/grid"
	"citygrid/grid/people"
)

// A Founding is what a bureau starts with: its settings and its first admin.
type Founding struct {
	Login, Name, Password      string
	Bureau                     map[string]string // name by language: zh-CN, en
	TimeZone, Region, Language string            // see Settings
}

// errFounded is the refusal to set up what is set up.
var errFounded = newProblem(http.StatusConflict, "setup.done", "this bureau is set up already")

// Found sets up a bureau: its settings, the bureau as the root of all areas, and
// its first admin. by says who does it; its verb and object are Found's to say.
// The error is a *Problem that says which field is wrong how, or a
// *people.FieldError, or the store's.
func Found(ctx context.Context, st Store, f Founding, by audit.Act) error {
	h, err := newHasher(nil)
	if err != nil {
		return err
	}
	return found(ctx, st, h, f, by)
}

func found(ctx context.Context, st Store, h *hasher, f Founding, by audit.Act) error {
	if needed, err := st.NeedsSetup(ctx); err != nil {
		return err
	} else if !needed {
		return errFounded
	}
	p := people.Person{Login: strings.ToLower(strings.TrimSpace(f.Login)), Name: strings.TrimSpace(f.Name), CreatedAt: by.At.UTC()}
	if p.Name == "" {
		p.Name = p.Login
	}
	if err := p.Check(); err != nil {
		return err
	}
	settings, err := f.settings()
	if err != nil {
		return err
	}
	own := []string{p.Login, p.Name}
	for _, name := range settings.Bureau {
		own = append(own, name)
	}
	if err := h.check("body.password", f.Password, own...); err != nil {
		return err
	}
	if p.PasswordHash, err = h.hash(ctx, f.Password); err != nil {
		return err
	}
	by.Verb, by.Object, by.Detail = "bureau.setup", "settings", "first admin "+p.Login
	return st.Setup(ctx, settings, p, grid.Area{Kind: grid.Bureau, Name: settings.Bureau}, by)
}

// settings checks and tidies the settings part.
func (f Founding) settings() (Settings, error) {
	s := Settings{Bureau: map[string]string{}, TimeZone: f.TimeZone, Region: strings.ToUpper(f.Region), Language: f.Language}
	for lang, name := range f.Bureau {
		name = strings.TrimSpace(name)
		if lang != "zh-CN" && lang != "en" {
			return s, invalid("setup.language", "body.bureau", "names are in zh-CN and en, not in %q", lang)
		}
		if utf8.RuneCountInString(name) > 200 {
			return s, invalid("setup.bureau", "body.bureau", "a name has at most 200 characters")
		}
		if name != "" {
			s.Bureau[lang] = name
		}
	}
	if len(s.Bureau) == 0 {
		return s, invalid("setup.bureau", "body.bureau", "give the bureau's name, in Chinese or in English")
	}
	if _, err := time.LoadLocation(f.TimeZone); err != nil || f.TimeZone == "" || f.TimeZone == "Local" {
		return s, invalid("setup.time_zone", "body.time_zone", "%q is not a time zone such as Asia/Shanghai", f.TimeZone)
	}
	if len(s.Region) != 2 || strings.Trim(s.Region, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return s, invalid("setup.region", "body.region", "%q is not a country code of two letters such as CN", f.Region)
	}
	if s.Language != "zh-CN" && s.Language != "en" {
		return s, invalid("setup.language", "body.language", "the language is zh-CN or en, not %q", f.Language)
	}
	return s, nil
}
