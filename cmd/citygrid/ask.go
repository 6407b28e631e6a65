package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// A question asks for one line, with an answer that an empty line stands for.
type question func(prompt, fallback string) (string, error)

// asking asks on the terminal f.
func asking(e *env, f *os.File) question {
	in := bufio.NewReader(f)
	return func(prompt, fallback string) (string, error) {
		if fallback != "" {
			prompt += " [" + fallback + "]"
		}
		fmt.Fprint(e.stderr, prompt+": ")
		line, err := await(e.ctx, func() (string, error) { return in.ReadString('\n') })
		return cmp.Or(strings.TrimSpace(line), fallback), err
	}
}

// ask asks for what the flags leave open, and again for an answer that can't be.
func (c *setupCmd) ask(q question) error {
	if c.Bureau == "" && c.BureauZH == "" {
		names := func(string) error { return nil }
		if err := askFor(q, &c.Bureau, "The bureau's name in English (empty if it has none)", "", names); err != nil {
			return err
		}
		if c.Bureau == "" {
			names = func(s string) error {
				if s == "" {
					return errors.New("the bureau needs a name, in English or in Chinese")
				}
				return nil
			}
		}
		if err := askFor(q, &c.BureauZH, "Its name in Chinese (empty if it has none)", "", names); err != nil {
			return err
		}
	}
	if err := askFor(q, &c.Region, "Country, by its code of two letters", defaultRegion, checkRegion); err != nil {
		return err
	}
	zone := defaultZone
	if !strings.EqualFold(c.Region, defaultRegion) {
		zone = ""
	}
	if err := askFor(q, &c.TimeZone, "Time zone, such as Asia/Shanghai or America/New_York", zone, checkZone); err != nil {
		return err
	}
	if err := askFor(q, &c.Language, "Language of those who have not chosen one, zh-CN or en", defaultLanguage, checkLanguage); err != nil {
		return err
	}
	if err := askFor(q, &c.Login, "The administrator's login", defaultLogin, func(string) error { return nil }); err != nil {
		return err
	}
	return askFor(q, &c.Map, "Map: an OpenStreetMap extract, .osm.pbf, .osm or .osm.bz2 (empty: later)", "", checkFile)
}

// askFor asks until the answer passes check, unless there is one.
func askFor(q question, into *string, prompt, fallback string, check func(string) error) error {
	for *into == "" {
		answer, err := q(prompt, fallback)
		if err != nil {
			return fmt.Errorf("%s: %w", prompt, err)
		}
		if wrong := check(answer); wrong != nil {
			prompt = wrong.Error()
			continue
		}
		*into = answer
		return nil
	}
	return nil
}

// check says what can't be among the flags, before a long import rather than after.
func (c *setupCmd) check() error {
	for _, one := range []struct {
		flag, value string
		check       func(string) error
	}{
		{"--region", c.Region, checkRegion},
		{"--time-zone", c.TimeZone, checkZone},
		{"--language", c.Language, checkLanguage},
	} {
		if one.value == "" {
			continue
		}
		if err := one.check(one.value); err != nil {
			return fmt.Errorf("%s: %w", one.flag, err)
		}
	}
	return nil
}

func checkRegion(s string) error {
	if len(s) != 2 || strings.Trim(strings.ToUpper(s), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return fmt.Errorf("%q is not a code of two letters such as CN", s)
	}
	return nil
}

func checkZone(s string) error {
	if _, err := time.LoadLocation(s); err != nil || s == "" || s == "Local" {
		return fmt.Errorf("%q is not a time zone such as Asia/Shanghai", s)
	}
	return nil
}

func checkLanguage(s string) error {
	if s != "zh-CN" && s != "en" {
		return fmt.Errorf("%q is neither zh-CN nor en", s)
	}
	return nil
}

func checkFile(s string) error {
	if s == "" {
		return nil
	}
	info, err := os.Stat(s)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is not a file")
	}
	if err != nil {
		return fmt.Errorf("%s: %w; which file, or empty for later", s, err)
	}
	return nil
}
