package calendar

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

// Refusing is fine; what is taken makes a calendar that answers, in words too,
// and comes back the same from JSON.
func checkSpec(t *testing.T, s Spec) {
	t.Helper()
	c, err := New(s, nil)
	if err != nil {
		t.Fatalf("%+v: %v", s, err)
	}
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back Spec
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	again, err := New(back, nil)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	for _, lang := range []string{"en", "zh-CN"} {
		if s.Describe(lang) == "" || s.Describe(lang) != back.Describe(lang) {
			t.Fatalf("%s: described as %q, then as %q", text, s.Describe(lang), back.Describe(lang))
		}
	}
	at := time.Date(2026, 2, 28, 23, 59, 0, 0, time.UTC)
	next, ok := c.NextChange(at)
	if next2, ok2 := again.NextChange(at); ok != ok2 || !next.Equal(next2) {
		t.Fatalf("%s: the next change is %v, %v; then %v, %v", text, next, ok, next2, ok2)
	}
	if ok && c.ActiveAt(next) == c.ActiveAt(at) {
		t.Fatalf("%s: %v is no change", text, next)
	}
}

func FuzzOpeningHours(f *testing.F) {
	for _, s := range []string{
		"24/7", "Mo-Fr 07:00-19:00; PH off", "Apr-Sep 20:00-02:00", "sunrise-sunset", "Dec 24-Jan 02: off", "2026 Oct 1-7 off; 2026+ Mo 06:00-10:00",
		"Tu[1,-1] 08:00-10:00", "08:00-20:00; 12:00-13:00 off", `Mo "x"`, "2024-2026 Jan 1,2", "Mo[1-5],We,PH 1:00-25:00,26:00-27:00", "0000 Feb", "(sunset-01:00)-8:00",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rules, err := ParseOpeningHours(text)
		if err != nil {
			return
		}
		checkSpec(t, Spec{Zone: "Europe/Malta", Rules: rules})
	})
}

func FuzzConditional(f *testing.F) {
	for _, s := range []string{
		"no @ (Mo-Fr 07:00-09:00)", "no @ (weight > 7.5 AND 22:00-06:00); destination @ (Sa,Su)", "30 @ wet", "no @ ((a) and (b))", `x @ "`, "a@)(", "no @ (",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		clauses, err := ParseConditional(text)
		if err != nil {
			return
		}
		for _, c := range clauses {
			if c.Value == "" || c.When == nil && len(c.Also) == 0 {
				t.Fatalf("%q: %+v says nothing", text, c)
			}
			checkSpec(t, Spec{Zone: "Europe/Malta", Rules: c.When})
		}
	})
}

func FuzzSpec(f *testing.F) {
	for _, s := range []string{
		`{"zone":"Asia/Shanghai","rules":[{"do":"replace","weekdays":["Mo","PH"],"nth":[1,-1],"seasons":[{"from":"11-01","to":"02-29"}],"dates":[{"from":"2026-10-01","to":"2026-10-07"}],"windows":["20:00-02:00"]}]}`,
		`{"zone":"UTC","rules":[{"weekdays":["Sa"],"observe_holidays":true,"windows":["08:00-32:00"]},{"do":"remove","windows":["12:00-13:00"]}],"exceptions":[{"from":"2026-02-17","to":"2026-02-23","windows":[],"note":"x"}]}`,
		`{"zone":"Pacific/Apia"}`, `{"zone":"UTC","rules":null}`, `[[`, `{"zone":1}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var s Spec
		if json.Unmarshal(text, &s) == nil {
			checkSpec(t, s)
		}
	})
}

func FuzzDays(f *testing.F) {
	f.Add("date,acts_as,name\n2026-10-01,PH,National Day\n2026-10-10,We,made up\n")
	f.Add("\ufeffdate;acts_as;name\r\n2026-10-10;We;made up\r\n")
	f.Add(`[{"date":"2026-10-01","acts_as":"PH"}]`)
	f.Add("") // an empty table
	f.Fuzz(func(t *testing.T, text string) {
		days, err := ReadDays(strings.NewReader(text))
		if err != nil {
			days = new(Days)
			if json.Unmarshal([]byte(text), days) != nil {
				return
			}
		}
		out, err := json.Marshal(days)
		if err != nil {
			t.Fatal(err)
		}
		back := new(Days)
		if err := json.Unmarshal(out, back); err != nil || !slices.Equal(back.All(), days.All()) {
			t.Fatalf("%s: %v\n got %v\nwant %v", out, err, back.All(), days.All())
		}
	})
}
