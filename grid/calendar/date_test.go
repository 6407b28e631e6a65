package calendar

import (
	"testing"
	"time"
)

func TestDatesAreThoseOfTheTimePackage(t *testing.T) {
	for d := DateOf(1, 1, 1); d <= DateOf(9999, 12, 31); d += 1 + (d%7+7)%7*5 {
		want := time.Unix(int64(d)*daySeconds, 0).UTC()
		y, m, day := d.Civil()
		if wy, wm, wd := want.Date(); y != wy || m != wm || day != wd || d.Weekday() != want.Weekday() {
			t.Fatalf("day %d is %d-%d-%d, %v; want %v", int(d), y, m, day, d.Weekday(), want)
		}
		if n, want := monthDays(y, m), time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC).Day(); n != want {
			t.Fatalf("%d-%d has %d days, want %d", y, m, n, want)
		}
	}
	for _, s := range []string{"2026-10-01", "0001-01-01", "9999-12-31", "2024-02-29"} {
		if d, err := ParseDate(s); err != nil || d.String() != s {
			t.Errorf("ParseDate(%q) = %v, %v", s, d, err)
		}
	}
	for _, s := range []string{"", "2026-02-29", "2026-1-1", "0000-01-01", "01/10/2026", "2026-10-01T00:00"} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("ParseDate(%q) = %v, want an error", s, d)
		}
	}
}
