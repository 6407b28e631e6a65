package calendar

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// What a text means is written here as the JSON of its rules, which is shorter
// than Go and is what the studio shows.
func TestParseOpeningHours(t *testing.T) {
	for _, x := range []struct{ text, rules string }{
		{"24/7", `{"windows":["00:00-24:00"]}`},
		{"Mo-Fr 07:00-19:00; PH off", `{"weekdays":["Mo","Tu","We","Th","Fr"],"windows":["07:00-19:00"]},{"do":"replace","weekdays":["PH"],"windows":[]}`},
		{"mo-fr 7:00–19:00", `{"weekdays":["Mo","Tu","We","Th","Fr"],"windows":["07:00-19:00"]}`},
		{"Apr-Sep", `{"seasons":[{"from":"04-01","to":"09-30"}],"windows":["00:00-24:00"]}`},
		{"20:00-02:00", `{"windows":["20:00-02:00"]}`},
		{"20:00-26:00", `{"windows":["20:00-02:00"]}`},
		{"Fr-Mo", `{"weekdays":["Mo","Fr","Sa","Su"],"windows":["00:00-24:00"]}`},
		{"Mo-Fr 08:00-12:00,14:00-18:00, Sa 09:00-13:00", `{"weekdays":["Mo","Tu","We","Th","Fr"],"windows":["08:00-12:00","14:00-18:00"]},{"weekdays":["Sa"],"windows":["09:00-13:00"]}`},
		{"Mo-Fr 08:00-18:00; We 08:00-12:00", `{"weekdays":["Mo","Tu","We","Th","Fr"],"windows":["08:00-18:00"]},{"do":"replace","weekdays":["We"],"windows":["08:00-12:00"]}`},
		{"Apr-Sep 08:00-20:00; Oct-Mar 08:00-18:00", `{"seasons":[{"from":"04-01","to":"09-30"}],"windows":["08:00-20:00"]},{"seasons":[{"from":"10-01","to":"03-31"}],"windows":["08:00-18:00"]}`},
		{"08:00-20:00; 12:00-13:00 off", `{"windows":["08:00-20:00"]},{"do":"remove","windows":["12:00-13:00"]}`},
		{"Dec 24-Jan 02: off", `{"do":"replace","seasons":[{"from":"12-24","to":"01-02"}],"windows":[]}`},
		{"Jan 2: 08:00-12:00", `{"seasons":[{"from":"01-02","to":"01-02"}],"windows":["08:00-12:00"]}`},
		{"Jan 2 08:00-12:00", `{"seasons":[{"from":"01-02","to":"01-02"}],"windows":["08:00-12:00"]}`},
		{"Jan 1,Dec 25,26 closed", `{"do":"replace","seasons":[{"from":"01-01","to":"01-01"},{"from":"12-25","to":"12-25"},{"from":"12-26","to":"12-26"}],"windows":[]}`},
		{"2026 Oct 1-7 off", `{"do":"replace","dates":[{"from":"2026-10-01","to":"2026-10-07"}],"windows":[]}`},
		{"2026 Jan 1,May 1,2 off", `{"do":"replace","dates":[{"from":"2026-01-01","to":"2026-01-01"},{"from":"2026-05-01","to":"2026-05-01"},{"from":"2026-05-02","to":"2026-05-02"}],"windows":[]}`},
		{"2025 Dec 24-2026 Jan 2", `{"dates":[{"from":"2025-12-24","to":"2026-01-02"}],"windows":["00:00-24:00"]}`},
		{"2026 Nov-Feb", `{"dates":[{"from":"2026-11-01","to":"2027-02-28"}],"windows":["00:00-24:00"]}`},
		{"2026-2028 Apr-Sep Mo 10:00-12:00", `{"weekdays":["Mo"],"seasons":[{"from":"04-01","to":"09-30"}],"dates":[{"from":"2026-01-01","to":"2028-12-31"}],"windows":["10:00-12:00"]}`},
		{"2026+ Mo", `{"weekdays":["Mo"],"dates":[{"from":"2026-01-01","to":"9999-12-31"}],"windows":["00:00-24:00"]}`},
		{"Tu[1,3],Fr[-1] 08:00-10:00", `{"weekdays":["Tu"],"nth":[1,3],"windows":["08:00-10:00"]},{"weekdays":["Fr"],"nth":[-1],"windows":["08:00-10:00"]}`},
		{"Mo[1-2]", `{"weekdays":["Mo"],"nth":[1,2],"windows":["00:00-24:00"]}`},
		{`Mo-Fr 08:00-12:00 "customers; only";`, `{"weekdays":["Mo","Tu","We","Th","Fr"],"windows":["08:00-12:00"]}`},
		{"Mo 10:00-12:00 open", `{"weekdays":["Mo"],"windows":["10:00-12:00"]}`},
	} {
		rules, err := ParseOpeningHours(x.text)
		if err != nil {
			t.Errorf("%q: %v", x.text, err)
			continue
		}
		want := `{"zone":"UTC","rules":[` + x.rules + `]}`
		if got, err := json.Marshal(Spec{Zone: "UTC", Rules: rules}); err != nil || string(got) != want {
			t.Errorf("%q, %v\n got %s\nwant %s", x.text, err, got, want)
		}
	}
}

func TestOpeningHoursRefused(t *testing.T) {
	for _, x := range []struct {
		text string
		rule error
		says string // where and what, in part
	}{
		{"", ErrEmpty, "there are no hours"},
		{" ; ", ErrEmpty, "there are no hours"},
		{"sunrise-sunset", ErrUnsupported, `character 1: "sunrise" depends on the sun`},
		{"Mo 08:00-(sunset-01:00)", ErrUnsupported, "character 10: "},
		{"Mo-Fr 17:00+", ErrUnsupported, "character 12: an open end"},
		{"Mo-Fr 17:00", ErrUnsupported, "a point in time"},
		{"Mo 08:00-18:00/01:30", ErrUnsupported, "intervals"},
		{"week 1-10 Mo", ErrUnsupported, "numbers of weeks"},
		{"easter off", ErrUnsupported, "Easter"},
		{"SH off", ErrUnsupported, "school holidays"},
		{"Mo unknown", ErrUnsupported, "unknown"},
		{"Mo 08:00-12:00 || Tu", ErrUnsupported, "fallbacks"},
		{"PH -1 day off", ErrUnsupported, "days before or after"},
		{"PH Mo-Fr 08:00-12:00", ErrUnsupported, "without a comma"},
		{"Monday 08:00-12:00", ErrSyntax, `"Monday" is not understood; write days with two letters`},
		{"April 08:00-12:00", ErrSyntax, "months with three"},
		{"Mo-Fr 8-18", ErrSyntax, `character 7: "8" is no time of day`},
		{"Mo-Fr 08:00-06:00pm", ErrSyntax, "times of 24 hours"},
		{"Mo 25:00-26:00", ErrRange, "does not begin on its own day"},
		{"Mo 08:60-10:00", ErrRange, `"08:60" is no time of day`},
		{"Mo 08:00-99:00", ErrRange, `"99:00" is no time of day`},
		{"08:00-08:00", ErrEmpty, "write 08:00-32:00 for 24 hours"},
		{"Feb 30", ErrRange, "February has no day 30"},
		{"2026 Feb 29", ErrRange, "February 2026 has no day 29"},
		{"2028-2026", ErrRange, "no range of dates"},
		{"Apr 1-Sep", ErrSyntax, "one end of the range"},
		{"Mo[6]", ErrSyntax, "no number of a weekday"},
		{"Mo-Fr 周一", ErrSyntax, `character 7: "周一" is not understood`},
		{`Mo "half`, ErrSyntax, "closing quote"},
		{"Mo-", ErrSyntax, "the end is not understood"},
		{strings.Repeat("Mo,", MaxText), ErrTooLarge, "bytes of text"},
		{strings.Repeat("Mo;", MaxRules+1), ErrTooLarge, "rules"},
		{strings.Repeat("0:0-", MaxText/4), ErrRange, "no time of day"},
		{"\xff", ErrSyntax, "UTF-8"},
	} {
		rules, err := ParseOpeningHours(x.text)
		if !errors.Is(err, x.rule) || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%q: %v, %v\nwant %v, saying %q", clip(x.text), rules, err, x.rule, x.says)
		}
	}
}

func TestParseConditional(t *testing.T) {
	for _, x := range []struct{ text, want string }{
		{"no @ (Mo-Fr 07:00-09:00)", "no when 1"},
		{"no @ Mo-Fr 07:00-09:00", "no when 1"},
		{"no @ (Mo-Fr 07:00-09:00; PH off); destination @ (Sa,Su)", "no when 2|destination when 1"},
		{"30 @ (wet)", "30 when 0 also wet"},
		{"no @ (weight > 7.5 AND 22:00-06:00);", "no when 1 also weight > 7.5"},
		{"no @ ((length>12) and (22:00-06:00))", "no when 1 also length>12"},
		{"no @ (width>2 m) AND (snow)", "no when 0 also width>2 m,snow"},
	} {
		clauses, err := ParseConditional(x.text)
		var got []string
		for _, c := range clauses {
			s := c.Value + " when " + string(rune('0'+len(c.When)))
			if len(c.Also) > 0 {
				s += " also " + strings.Join(c.Also, ",")
			}
			got = append(got, s)
		}
		if strings.Join(got, "|") != x.want {
			t.Errorf("%q: %v, %v; want %v", x.text, got, err, x.want)
		}
	}
	for _, x := range []struct {
		text string
		rule error
		says string
	}{
		{"", ErrEmpty, "no condition"},
		{"no", ErrSyntax, "has no @"},
		{"no @ Mo-Fr 07:00-09:00; PH off", ErrSyntax, "put conditions that have a ; in parentheses"},
		{"@ (Mo)", ErrSyntax, "no value before @"},
		{"no @ ()", ErrEmpty, "there are no hours"},
		{"no @ (sunset-sunrise)", ErrUnsupported, "character 7: "},
		{"no @ (Mo AND Sa)", ErrUnsupported, "two time conditions"},
		{"no @ (Mo-Fr 07:00-09:00", ErrSyntax, "not understood"},
	} {
		clauses, err := ParseConditional(x.text)
		if !errors.Is(err, x.rule) || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%q: %v, %v\nwant %v, saying %q", x.text, clauses, err, x.rule, x.says)
		}
	}
}
