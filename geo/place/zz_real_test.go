package place

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/osm"
	"github.com/paulmach/osm/osmpbf"
)

func load(path string, houses int) []Place {
	f, err := os.Open(path)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	sc := osmpbf.New(context.Background(), f, 2)
	nodes := map[osm.NodeID]orb.Point{}
	var out []Place
	names := func(t osm.Tags) map[string]string {
		var m map[string]string
		for _, x := range t {
			if x.Key == "name" || strings.HasPrefix(x.Key, "name:") {
				if m == nil {
					m = map[string]string{}
				}
				m[strings.TrimPrefix(strings.TrimPrefix(x.Key, "name"), ":")] = x.Value
			}
		}
		return m
	}
	seen := map[string]bool{}
	for sc.Scan() {
		switch o := sc.Object().(type) {
		case *osm.Node:
			nodes[o.ID] = orb.Point{o.Lon, o.Lat}
			p := Place{At: orb.Point{o.Lon, o.Lat}, Name: names(o.Tags)}
			switch {
			case p.Name == nil:
				continue
			case o.Tags.Find("place") != "":
				p.Kind = Settlement
			default:
				p.Kind = POI
			}
			out = append(out, p)
		case *osm.Way:
			n := names(o.Tags)
			if n == nil {
				continue
			}
			at := nodes[o.Nodes[0].ID]
			if o.Tags.Find("highway") == "" {
				out = append(out, Place{Kind: POI, Name: n, At: at})
				continue
			}
			in := fmt.Sprintf("Town%d", int(at[1]*10))
			if seen[n[""]+in] {
				continue
			}
			seen[n[""]+in] = true
			out = append(out, Place{Kind: Street, Name: n, At: at, In: in, Weight: 1})
			for k := range houses {
				out = append(out, Place{Kind: Address, Name: n, At: at, In: in, Number: fmt.Sprint(2*k + 1)})
			}
		}
	}
	return out
}

func TestReal(t *testing.T) {
	path := os.Getenv("REAL")
	if path == "" {
		t.Skip()
	}
	ps := load(path, 8)
	run(t, ps)
}

func TestManyChinese(t *testing.T) {
	if os.Getenv("REAL") == "" {
		t.Skip()
	}
	r := rand.New(rand.NewPCG(1, 2))
	cs := []rune("东西南北中山路街大道长安王府井朝阳门内外建国海淀区公园学校医院银行重庆天津上广州湖河江桥村庄镇里胡同新华民主解放人平安福寿康宁和顺义昌兴隆盛")
	var ps []Place
	for i := range 100000 {
		s := ""
		for range 3 + r.IntN(5) {
			s += string(cs[r.IntN(len(cs))])
		}
		ps = append(ps, Place{Kind: Kind(1 + r.IntN(2)), Name: map[string]string{"": s}, At: orb.Point{float64(i%100) / 100, 0}})
	}
	run(t, ps)
}

func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(1, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func run(t *testing.T, ps []Place) {
	var ms runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&ms)
	before := ms.HeapAlloc
	start := time.Now()
	x := New(ps)
	took := time.Since(start)
	runtime.GC()
	runtime.ReadMemStats(&ms)
	fmt.Println("places", len(ps), "names", len(x.names), "words", len(x.words), "han", len(x.hans), "New", took, "MB", float64(ms.HeapAlloc-before)/1e6)
	var qs []string
	runtime.LockOSThread()
	r := rand.New(rand.NewPCG(3, 4))
	for range 1500 {
		p := ps[r.IntN(len(ps))]
		n := []rune(p.Name[""])
		if len(n) == 0 {
			continue
		}
		switch r.IntN(5) {
		case 0:
			n = n[:1+r.IntN(len(n))]
		case 1:
			if len(n) > 3 {
				i := 1 + r.IntN(len(n)-2)
				n[i], n[i+1] = n[i+1], n[i]
			}
		case 2:
			n = append([]rune(fmt.Sprint(r.IntN(40), " ")), n...)
		case 3:
			if len(n) > 4 {
				n[2] = 'x'
			}
		}
		qs = append(qs, string(n))
	}
	qs = append(qs, "s", "st", "street", "n", "a", "main st", "12 main st", "12 s", "wilm", "mian st", "wfj", "wangfujing", "zsl", "zhongshanlu", "da", "dajie", "路", "街", "大街", "an", "aa", "xi", "jie", "n m s", "zzzzzzzzzzz", "qwertyuiop asdfghjkl", "aaaa bbbb cccc dddd eeee ffff gggg hhhh")
	type tt struct {
		d time.Duration
		q string
	}
	var ts []tt
	for _, q := range qs {
		best := time.Hour
		for range 4 {
			s := cpu()
			x.Search(context.Background(), Query{Text: q, Near: ps[0].At})
			best = min(best, cpu()-s)
		}
		ts = append(ts, tt{best, q})
	}
	slices.SortFunc(ts, func(a, b tt) int { return int(a.d - b.d) })
	n := len(ts)
	fmt.Println("p50", ts[n/2].d, "p99", ts[n*99/100].d, "max", ts[n-1], ts[n-2], ts[n-3], ts[n-4], ts[n-6], ts[n-8], ts[n-12])
	for _, q := range strings.Split(os.Getenv("Q"), ",") {
		fmt.Println(q, shown(x.Search(context.Background(), Query{Text: q, Near: ps[0].At})))
	}
}
