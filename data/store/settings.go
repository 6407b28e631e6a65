package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"
	"unicode/utf8"

	"citygrid/data/audit"
	"citygrid/grid"
	"citygrid/grid/people"
)

// Settings are what a bureau says of itself. The zero Settings are those of a
// bureau that is not set up.
type Settings struct {
	Bureau   map[string]string // name by language: zh-CN, en
	TimeZone string            // IANA: Asia/Shanghai
	Region   string            // ISO 3166-1: CN
	Language string            // of those who have not chosen one
}

var (
	regionForm   = regexp.MustCompile(`^[A-Z]{2}$`)
	languageForm = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$`)
)

// Check reports the first rule that s breaks; the error wraps ErrSettings.
func (s Settings) Check() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s", ErrSettings, fmt.Sprintf(format, args...))
	}
	if len(s.Bureau) == 0 || len(s.Bureau) > 20 {
		return bad("bureau: must have a name in at least one language and at most 20")
	}
	for lang, name := range s.Bureau {
		if !languageForm.MatchString(lang) {
			return bad("bureau: %q is not a language tag", lang)
		}
		if name == "" || utf8.RuneCountInString(name) > 200 || !utf8.ValidString(name) {
			return bad("bureau: the name in %s must have 1 to 200 characters", lang)
		}
	}
	if _, err := time.LoadLocation(s.TimeZone); err != nil || s.TimeZone == "" || s.TimeZone == "Local" {
		return bad("time_zone: %q is not a time zone such as Asia/Shanghai", s.TimeZone)
	}
	if !regionForm.MatchString(s.Region) {
		return bad("region: %q is not a country code such as CN", s.Region)
	}
	if !languageForm.MatchString(s.Language) {
		return bad("language: %q is not a language tag such as zh-CN", s.Language)
	}
	return nil
}

// Settings are zero before Setup.
func (s *Store) Settings(ctx context.Context) (set Settings, err error) {
	err = s.view(ctx, func(q querier) error {
		set, err = settings(ctx, q)
		return err
	})
	return set, err
}

func settings(ctx context.Context, q querier) (set Settings, err error) {
	var bureau string
	err = q.QueryRowContext(ctx, `SELECT bureau, time_zone, region, language FROM settings`).
		Scan(&bureau, &set.TimeZone, &set.Region, &set.Language)
	if errors.Is(err, sql.ErrNoRows) {
		return Settings{}, nil
	}
	if err != nil {
		return set, fmt.Errorf("read settings: %w", err)
	}
	return set, json.Unmarshal([]byte(bureau), &set.Bureau)
}

func putSettings(ctx context.Context, q querier, set Settings) error {
	bureau, err := json.Marshal(set.Bureau)
	if err != nil {
		return err
	}
	_, err = q.ExecContext(ctx, `INSERT INTO settings (one, bureau, time_zone, region, language) VALUES (1, ?, ?, ?, ?)
		ON CONFLICT (one) DO UPDATE SET bureau = excluded.bureau, time_zone = excluded.time_zone,
			region = excluded.region, language = excluded.language`,
		string(bureau), set.TimeZone, set.Region, set.Language)
	if err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	return nil
}

func isSetUp(ctx context.Context, q querier) (done bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM settings)`).Scan(&done)
	return done, err
}

// NeedsSetup tells if Setup is still to be done.
func (s *Store) NeedsSetup(ctx context.Context) (needed bool, err error) {
	err = s.view(ctx, func(q querier) error {
		done, err := isSetUp(ctx, q)
		needed = !done
		return err
	})
	return needed, err
}

// Setup makes the bureau, its root area and its first admin at once. admin has
// a password hash; its grants are ignored, it becomes admin of the root. A
// second call is ErrSetupDone, so of two browsers one wins.
func (s *Store) Setup(ctx context.Context, set Settings, admin people.Person, root grid.Area, act audit.Act) error {
	if err := set.Check(); err != nil {
		return err
	}
	if admin.PasswordHash == "" {
		return &people.FieldError{Field: "password", What: "the first admin needs one"}
	}
	return s.change(ctx, act, func(ctx context.Context, q querier, _ *audit.Act) error {
		done, err := isSetUp(ctx, q)
		if err != nil {
			return err
		}
		if done {
			return ErrSetupDone
		}
		if err := putSettings(ctx, q, set); err != nil {
			return err
		}
		root, err := addArea(ctx, q, root)
		if err != nil {
			return err
		}
		admin := admin
		admin.Disabled = false
		admin.Grants = []people.Grant{{Role: people.Admin, Area: root.ID}}
		_, err = addPerson(ctx, q, admin, s.now())
		return err
	})
}
