package calendar

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestActiveAtIsAsThePlainReadingOfTheRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t, anyDo)
		for range 50 {
			at := d.drawInstant(t)
			if got, want := d.cal.ActiveAt(at), d.ref.active(at); got != want {
				t.Fatalf("ActiveAt(%v) = %v, want %v", at, got, want)
			}
		}
	})
}

// The scan goes minute by minute: windows and the offsets of these years are
// whole minutes.
func TestNextChangeIsWhereTheScanFlips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t, anyDo)
		at := d.drawInstant(t).Add(time.Duration(rapid.IntRange(0, 999).Draw(t, "ms")) * time.Millisecond)
		now := d.ref.active(at)
		end := at.AddDate(0, 0, 3)
		scanned := at.Truncate(time.Minute).Add(time.Minute)
		for scanned.Before(end) && d.ref.active(scanned) == now {
			scanned = scanned.Add(time.Minute)
		}
		got, ok := d.cal.NextChange(at)
		if scanned.Before(end) && (!ok || !got.Equal(scanned)) {
			t.Fatalf("from %v (active %v): NextChange = %v, %v; the scan says %v", at, now, got, ok, scanned)
		}
		if !scanned.Before(end) && ok && got.Before(end) {
			t.Fatalf("from %v (active %v): NextChange = %v; the scan finds none before %v", at, now, got, end)
		}
		if !ok {
			return
		}
		if !got.After(at) || d.ref.active(got) == now || d.ref.active(got.Add(-time.Nanosecond)) != now {
			t.Fatalf("from %v (active %v): NextChange = %v is not a change", at, now, got)
		}
		for range 30 { // far changes can't be scanned; look at some instants between
			between := at.Add(time.Duration(rapid.Int64Range(0, int64(got.Sub(at))-1).Draw(t, "between")))
			if d.ref.active(between) != now {
				t.Fatalf("from %v (active %v): NextChange = %v, but it is otherwise at %v", at, now, got, between)
			}
		}
	})
}

func TestWindowsAreTheScan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t, anyDo)
		from := d.drawInstant(t)
		to := from.Add(time.Duration(rapid.IntRange(0, 3*86400).Draw(t, "length")) * time.Second)
		var want []Active
		for at := from; at.Before(to); {
			next := at.Truncate(time.Minute).Add(time.Minute)
			if next.After(to) {
				next = to
			}
			if d.ref.active(at) {
				if n := len(want) - 1; n >= 0 && want[n].To.Equal(at) {
					want[n].To = next
				} else {
					want = append(want, Active{at, next})
				}
			}
			at = next
		}
		got := slices.Collect(d.cal.Windows(from, to))
		if !slices.EqualFunc(got, want, func(a, b Active) bool { return a.From.Equal(b.From) && a.To.Equal(b.To) }) {
			t.Fatalf("Windows(%v, %v)\n got %v\nwant %v", from, to, got, want)
		}
		var sum time.Duration
		for _, a := range want {
			sum += a.To.Sub(a.From)
		}
		if between := d.cal.Between(from, to); between != sum {
			t.Fatalf("Between(%v, %v) = %v, want %v", from, to, between, sum)
		}
	})
}

func TestAddAndBetweenAreInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t, anyDo)
		at := d.drawInstant(t)
		x := time.Duration(rapid.Int64Range(0, int64(100*time.Hour)).Draw(t, "x"))
		y := time.Duration(rapid.Int64Range(1, int64(100*time.Hour)).Draw(t, "y"))
		end, ok := d.cal.Add(at, x)
		if !ok {
			return
		}
		if got := d.cal.Between(at, end); got != x {
			t.Fatalf("Between(%v, Add(%v) = %v) = %v", at, x, end, got)
		}
		if x > 0 && d.cal.Between(at, end.Add(-time.Nanosecond)) >= x {
			t.Fatalf("Add(%v, %v) = %v is not the earliest", at, x, end)
		}
		inTwo, ok1 := d.cal.Add(end, y)
		atOnce, ok2 := d.cal.Add(at, x+y)
		if ok1 && ok2 && !inTwo.Equal(atOnce) {
			t.Fatalf("%v plus %v plus %v: %v in two steps, %v at once", at, x, y, inTwo, atOnce)
		}
	})
}

func TestWorkDaysAreTheDatesOnWhichAWindowBegins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Without removals a window that begins is seen to begin, so the scan
		// needs no more than the reference.
		d := draw(t, rapid.SampledFrom([]Do{Add, Replace}))
		from := d.cal.Date(d.drawInstant(t))
		n := rapid.IntRange(0, 8).Draw(t, "n")
		got, ok := d.cal.AddWorkDays(from, n)
		if !ok {
			return
		}
		if back := d.cal.WorkDays(from, got); back != n {
			t.Fatalf("WorkDays(%v, %v) = %d, want %d", from, got, back, n)
		}
		if n == 0 {
			return
		}
		closes, ok := d.cal.Close(got)
		if !ok || !d.cal.WorkDay(got) {
			t.Fatalf("%v is the %d. work day after %v but WorkDay denies it", got, n, from)
		}
		if late := closes.Sub(d.cal.passes(int64(got) * daySeconds)); late <= 0 || late > 49*time.Hour {
			t.Fatalf("%v closes at %v", got, closes)
		}
	})
}

func TestUnionOfRulesIsTheUnionOfCalendars(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t, rapid.Just(Add))
		d.spec.Exceptions = nil
		table, _ := NewDays(d.days)
		whole, _ := New(d.spec, table)
		for range 20 {
			at := d.drawInstant(t)
			any := false
			for _, r := range d.spec.Rules {
				one, err := New(Spec{Zone: d.spec.Zone, Rules: []Rule{r}}, table)
				if err != nil {
					t.Fatal(err)
				}
				any = any || one.ActiveAt(at)
			}
			if whole.ActiveAt(at) != any {
				t.Fatalf("at %v: together %v, one by one %v", at, whole.ActiveAt(at), any)
			}
		}
	})
}

func TestOrderIsOfNoMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t, rapid.Just(Add))
		mixed := d.spec.clone()
		mixed.Rules = rapid.Permutation(mixed.Rules).Draw(t, "rules")
		for i := range mixed.Rules {
			r := &mixed.Rules[i]
			r.Windows = rapid.Permutation(r.Windows).Draw(t, "windows")
			r.Seasons = rapid.Permutation(r.Seasons).Draw(t, "seasons")
			r.Dates = rapid.Permutation(r.Dates).Draw(t, "dates")
		}
		mixed.Exceptions = rapid.Permutation(mixed.Exceptions).Draw(t, "exceptions")
		table, _ := NewDays(d.days)
		other, err := New(mixed, table)
		if err != nil {
			t.Fatal(err)
		}
		for range 4 {
			at := d.drawInstant(t)
			a, okA := d.cal.NextChange(at)
			b, okB := other.NextChange(at)
			if d.cal.ActiveAt(at) != other.ActiveAt(at) || okA != okB || !a.Equal(b) {
				t.Fatalf("at %v: %v, next %v; in other order %v, next %v", at, d.cal.ActiveAt(at), a, other.ActiveAt(at), b)
			}
		}
	})
}

func TestJSONComesBackAsItWent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t, anyDo)
		text, err := json.Marshal(d.spec)
		if err != nil {
			t.Fatal(err)
		}
		var back Spec
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if !reflect.DeepEqual(back, d.spec) {
			t.Fatalf("%s\n got %+v\nwant %+v", text, back, d.spec)
		}
		table, _ := NewDays(d.days)
		text, err = json.Marshal(table)
		if err != nil {
			t.Fatal(err)
		}
		days := new(Days)
		if err := json.Unmarshal(text, days); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(days.All(), table.All()) {
			t.Fatalf("%s\n got %+v\nwant %+v", text, days.All(), table.All())
		}
	})
}
