package calendar

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestSpecRefused(t *testing.T) {
	many := func(n int, f func(i int) string) string {
		var parts []string
		for i := range n {
			parts = append(parts, f(i))
		}
		return strings.Join(parts, ",")
	}
	for _, x := range []struct {
		text string
		rule error
		says string
	}{
		{`{}`, ErrZone, "zone: no time zone given"},
		{`null`, ErrZone, "zone"},
		{`{"zone":"Local"}`, ErrZone, "no time zone"},
		{`{"zone":"Mars/Olympus"}`, ErrZone, `zone: "Mars/Olympus" is not in the IANA list`},
		{`{"zone":"../../etc/passwd"}`, ErrZone, "not in the IANA list"},
		{`{"zone":"UTC","rule":[]}`, ErrSyntax, `unknown name "rule"; the names here are zone, rules, exceptions`},
		{`{"zone":"UTC","Rules":[]}`, ErrSyntax, `unknown name "Rules"`},
		{`{"zone":"UTC","rules":[],"rules":[]}`, ErrSyntax, `"rules" is given twice`},
		{`{"zone":"UTC","rules":[[]]}`, ErrSyntax, "rules[0]: a list in a list"},
		{`{"zone":{"a":1}}`, ErrSyntax, "zone: an object where none is expected"},
		{`{"zone":"UTC","rules":{}}`, ErrSyntax, "rules: an object where none"},
		{`{"zone":"UTC","rules":"Mo"}`, ErrSyntax, "rules: a string where a list is expected"},
		{`{"zone":"UTC"`, ErrSyntax, "not JSON"},
		{`{"zone":"UTC","rules":[{"windows":["07:00-19:00"],"when":1}]}`, ErrSyntax, `rules[0]: unknown name "when"`},
		{`{"zone":"UTC","rules":[{}]}`, ErrEmpty, "rules[0].windows: the rule has no windows"},
		{`{"zone":"UTC","rules":[{"do":"open","windows":[]}]}`, ErrSyntax, `rules[0].do: "open" is nothing a rule does`},
		{`{"zone":"UTC","rules":[{"weekdays":["Mo","Mon"],"windows":[]}]}`, ErrSyntax, `rules[0].weekdays[1]: "Mon" is no weekday`},
		{`{"zone":"UTC","rules":[{"windows":["7-19"]}]}`, ErrSyntax, `rules[0].windows[0]: "7-19" is no window; write from-to`},
		{`{"zone":"UTC","rules":[{"windows":["24:00-26:00"]}]}`, ErrRange, "rules[0].windows[0]: "},
		{`{"zone":"UTC","rules":[{"windows":["20:00-48:00"]}]}`, ErrRange, "split it into one window a day"},
		{`{"zone":"UTC","rules":[{"seasons":[{"from":"02-30","to":"03-01"}],"windows":[]}]}`, ErrSyntax, `rules[0].seasons[0].from: "02-30" is no day of the year`},
		{`{"zone":"UTC","rules":[{"dates":[{"from":"2026-01-02","to":"2026-01-01"}],"windows":["00:00-24:00"]}]}`, ErrRange, "rules[0].dates[0]: 2026-01-02 to 2026-01-01 ends before it begins; swap"},
		{`{"zone":"UTC","rules":[{"nth":[7],"weekdays":["Mo"],"windows":["00:00-24:00"]}]}`, ErrRange, "rules[0].nth[0]: no month has a weekday number 7"},
		{`{"zone":"UTC","rules":[{"nth":[1],"windows":["00:00-24:00"]}]}`, ErrUnsupported, "rules[0].nth: "},
		{`{"zone":"UTC","rules":[{"observe_holidays":true,"windows":["00:00-24:00"]}]}`, ErrEmpty, "rules[0].observe_holidays: "},
		{`{"zone":"UTC","exceptions":[{"from":"2026-01-05","to":"2026-01-09","windows":[]},{"from":"2026-01-01","to":"2026-01-05","windows":[]}]}`, ErrOverlap, "exceptions[1]: 2026-01-05 has an exception already, exceptions[0]"},
		{`{"zone":"UTC","exceptions":[{"from":"2026-01-05","windows":[]}]}`, ErrSyntax, `exceptions[0].to: "" is no date`},
		{`{"zone":"UTC","exceptions":[{"from":"2026-01-05","to":"2026-01-05","windows":[],"note":"` + strings.Repeat("长", MaxNote+1) + `"}]}`, ErrTooLarge, "exceptions[0].note: 201"},
		{`{"zone":"UTC","rules":[` + many(MaxRules+1, func(int) string { return `{"do":"replace","windows":[]}` }) + `]}`, ErrTooLarge, "rules: 201 of them, the limit is 200"},
		{`{"zone":"UTC","rules":[{"windows":[` + many(MaxWindows+1, func(i int) string { return fmt.Sprintf(`"%02d:%02d-24:00"`, i/60, i%60) }) + `]}]}`, ErrTooLarge, "rules[0].windows: 97"},
		{`{"zone":"` + strings.Repeat("x", MaxJSON) + `"}`, ErrTooLarge, "bytes of JSON"},
		{strings.Repeat("[", 100_000), ErrSyntax, "[0]: a list in a list"},
	} {
		var s Spec
		err := s.UnmarshalJSON([]byte(x.text))
		if !errors.Is(err, x.rule) || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%s\n got %v\nwant %v, saying %q", clip(x.text), err, x.rule, x.says)
		}
	}
	// It is as strict inside another value.
	var zone struct{ Calendar Spec }
	if err := json.Unmarshal([]byte(`{"Calendar":{"zone":"UTC","more":1}}`), &zone); !errors.Is(err, ErrSyntax) {
		t.Errorf("an unknown name inside a zone: %v", err)
	}
	if text, err := json.Marshal(Spec{}); err == nil {
		t.Errorf("a Spec without a zone is written as %s", text)
	}
}

func TestReadDays(t *testing.T) {
	for _, text := range []string{
		"date,acts_as,name\n2026-10-01,PH,National Day\n2026-10-10,We,made up\n",
		"\ufeffdate;acts_as;name\r\n2026-10-10;We;made up\r\n2026-10-01;PH;National Day\r\n",
	} {
		days, err := ReadDays(strings.NewReader(text))
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		got, _ := json.Marshal(days)
		if want := `[{"date":"2026-10-01","acts_as":"PH","name":"National Day"},{"date":"2026-10-10","acts_as":"We","name":"made up"}]`; string(got) != want {
			t.Errorf("%q\n got %s\nwant %s", text, got, want)
		}
	}
	for _, x := range []struct {
		text string
		rule error
		says string
	}{
		{"2026-10-01,PH,\n", ErrSyntax, "line 1: the columns are"},
		{"date,acts_as,name\n2026-10-01,holiday,\n", ErrSyntax, `line 2, acts_as: "holiday" is neither`},
		{"date,acts_as,name\n2026-10-01,PH,\n1.10.2026,PH,\n", ErrSyntax, `line 3, date: "1.10.2026" is no date; write year-month-day`},
		{"date,acts_as,name\n2026-10-01,PH\n", ErrSyntax, "line 2: the line has not three columns"},
		{"date,acts_as,name\n2026-10-01,PH,\n2026-10-01,Mo,\n", ErrOverlap, "2026-10-01 is listed twice"},
		{"date,acts_as,name\n2026-10-01,PH,\xd6\xd0\n", ErrSyntax, "not UTF-8; save it as CSV UTF-8"},
		{"date,acts_as,name\n2026-10-01,PH,\"a\n", ErrSyntax, "line"},
	} {
		days, err := ReadDays(strings.NewReader(x.text))
		if !errors.Is(err, x.rule) || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%q: %v, %v\nwant %v, saying %q", x.text, days, err, x.rule, x.says)
		}
	}
}
