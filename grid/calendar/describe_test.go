package calendar

import "testing"

func TestDescribe(t *testing.T) {
	for _, x := range []struct{ text, en, zh string }{
		{"24/7", "At all times", "任何时间"},
		{
			"Mo-Fr 07:00-09:00,16:00-19:00; PH off",
			"Monday to Friday 07:00–09:00 and 16:00–19:00; public holidays: off (clock of Asia/Shanghai)",
			"周一至周五07:00–09:00和16:00–19:00；法定节假日不生效（Asia/Shanghai 时间）",
		},
		{
			"May-Jun Sa,Su 20:00-02:00",
			"May to June, Saturday and Sunday 20:00–02:00 the next day (clock of Asia/Shanghai)",
			"每年5月至6月、周六和周日20:00–次日02:00（Asia/Shanghai 时间）",
		},
		{
			"Tu[1,-1] 08:00-10:00; Mo-Su 12:00-13:00 off",
			"1st and last Tuesday of the month 08:00–10:00; but not every day 12:00–13:00 (clock of Asia/Shanghai)",
			"每月第1个和最后一个周二08:00–10:00；每天12:00–13:00除外（Asia/Shanghai 时间）",
		},
		{
			"Mo-Fr,Su 08:00-18:00; We 08:00-12:00; 2026 Oct 1-7 off",
			"Monday to Friday and Sunday 08:00–18:00; on Wednesday only 08:00–12:00; 1 October 2026 to 7 October 2026: off (clock of Asia/Shanghai)",
			"周一至周五和周日08:00–18:00；周三仅08:00–12:00；2026年10月1日至2026年10月7日不生效（Asia/Shanghai 时间）",
		},
	} {
		rules, err := ParseOpeningHours(x.text)
		if err != nil {
			t.Fatal(err)
		}
		s := Spec{Zone: "Asia/Shanghai", Rules: rules}
		for lang, want := range map[string]string{"en": x.en, "zh-CN": x.zh, "fr": x.en} {
			if got := s.Describe(lang); got != want {
				t.Errorf("%q in %s\n got %s\nwant %s", x.text, lang, got, want)
			}
		}
	}
	s := Spec{
		Zone:       "Asia/Shanghai",
		Rules:      []Rule{{Weekdays: WorkWeek, Observe: true, Windows: []Window{{8*60 + 30, 17 * 60}}}},
		Exceptions: []Exception{{Dates: Dates{DateOf(2026, 2, 16), DateOf(2026, 2, 16)}, Windows: []Window{{480, 720}}, Note: "除夕"}},
	}
	for i := range Date(8) {
		day := DateOf(2026, 3, 1) + 2*i
		s.Exceptions = append(s.Exceptions, Exception{Dates: Dates{day, day}})
	}
	for lang, want := range map[string]string{
		"en": "Monday to Friday (as holidays and make-up days have it) 08:30–17:00; except 16 February 2026: 08:00–12:00 (除夕); except 1 March 2026: off; except 3 March 2026: off; " +
			"except 5 March 2026: off; except 7 March 2026: off; except 9 March 2026: off; 3 more exceptions (clock of Asia/Shanghai)",
		"zh": "周一至周五（按节假日和调休安排）08:30–17:00；例外：2026年2月16日08:00–12:00（除夕）；例外：2026年3月1日不生效；例外：2026年3月3日不生效；" +
			"例外：2026年3月5日不生效；例外：2026年3月7日不生效；例外：2026年3月9日不生效；另有3项例外（Asia/Shanghai 时间）",
	} {
		if got := s.Describe(lang); got != want {
			t.Errorf("in %s\n got %s\nwant %s", lang, got, want)
		}
	}
	if got := (Spec{Zone: "UTC"}).Describe("zh-CN"); got != "从不生效" {
		t.Errorf("a calendar without rules is described as %q", got)
	}
}
