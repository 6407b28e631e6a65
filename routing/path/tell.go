package path

import (
	"fmt"
	"math"
	"strconv"

	"citygrid/geo"
	"citygrid/geo/street"
)

// A Language is one that steps are told in.
type Language string

// The languages.
const (
	English Language = "en"
	Chinese Language = "zh"
)

// ParseLanguage reads a language, such as zh or zh-CN; ok is false for one that
// steps can't be told in.
func ParseLanguage(s string) (l Language, ok bool) {
	switch s {
	case "en":
		return English, true
	case "zh", "zh-CN", "zh-Hans":
		return Chinese, true
	}
	return "", false
}

// nameOf is what a street is called in a language, else on the spot, else by its
// number.
func (l Language) nameOf(n *street.Name) string {
	keys := []string{string(l)}
	if l == Chinese {
		keys = append(keys, "zh-Hans", "zh-CN")
	}
	for _, k := range keys {
		if name := n.In[k]; name != "" {
			return name
		}
	}
	if n.Default != "" {
		return n.Default
	}
	return n.Ref
}

// text says what to do at a step.
func (t *telling) text(s *Step) string {
	if t.l == Chinese {
		return t.chinese(s)
	}
	return t.english(s)
}

// A slice of the compass and of the turns, clockwise.
var (
	compassEN = [8]string{"north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest"}
	compassZH = [8]string{"北", "东北", "东", "东南", "南", "西南", "西", "西北"}
)

func compass(bearing geo.Degrees) int {
	return int(math.Round(math.Mod(float64(bearing)+360, 360)/45)) % 8
}

func (t *telling) english(s *Step) string {
	onto, on := "", ""
	if s.Name != "" {
		onto, on = " onto "+s.Name, " on "+s.Name
	} else if word := t.wayWord(s); word != "" {
		onto, on = " onto the "+word, " on the "+word
	}
	switch s.Kind {
	case StepDepart:
		return "Head " + compassEN[compass(s.Bearing)] + on
	case StepTurn:
		side := "left"
		if s.Angle > 0 {
			side = "right"
		}
		switch a := math.Abs(float64(s.Angle)); {
		case a < 60:
			return "Turn slightly " + side + onto
		case a > 120 && a <= backOver:
			return "Turn sharply " + side + onto
		case a > backOver:
			return "Turn back" + onto
		}
		return "Turn " + side + onto
	case StepContinue:
		return "Continue straight" + onto
	case StepRoundabout:
		if s.Exit == 0 {
			return "Enter the roundabout"
		}
		return "At the roundabout take the " + ordinal(s.Exit) + " exit" + onto
	case StepUTurn:
		return "Make a U-turn" + on
	case StepBoard:
		if t.ferry(s) {
			return "Take the ferry " + quoted(s.Name)
		}
		return "Go aboard" + alongside(s.Name)
	case StepAshore:
		return "Go ashore" + onto
	case StepStop:
		return fmt.Sprintf("Stop %d, then head %s%s", s.Stop, compassEN[compass(s.Bearing)], on)
	case StepArrive:
		switch s.Side {
		case street.Left:
			return "Arrive; the place is on the left"
		case street.Right:
			return "Arrive; the place is on the right"
		}
		return "Arrive"
	}
	return ""
}

func (t *telling) chinese(s *Step) string {
	into, along := "", ""
	name := s.Name
	if name == "" {
		name = t.wayWord(s)
	}
	if name != "" {
		into, along = "，进入"+name, "沿"+name
	}
	switch s.Kind {
	case StepDepart:
		return along + "向" + compassZH[compass(s.Bearing)] + "出发"
	case StepTurn:
		side := "左"
		if s.Angle > 0 {
			side = "右"
		}
		switch a := math.Abs(float64(s.Angle)); {
		case a < 60:
			return "稍向" + side + "转" + into
		case a > 120 && a <= backOver:
			return "向" + side + "急转" + into
		case a > backOver:
			return "折返" + into
		}
		return side + "转" + into
	case StepContinue:
		return "继续直行" + into
	case StepRoundabout:
		if s.Exit == 0 {
			return "进入环岛"
		}
		return "进入环岛，从第" + strconv.Itoa(s.Exit) + "个出口驶出" + into
	case StepUTurn:
		return "掉头" + into
	case StepBoard:
		if t.ferry(s) {
			return "乘坐渡轮" + s.Name
		}
		return "登船" + comma(along) + "航行"
	case StepAshore:
		return "上岸" + into
	case StepStop:
		return fmt.Sprintf("到达途经点%d，%s向%s继续", s.Stop, along, compassZH[compass(s.Bearing)])
	case StepArrive:
		switch s.Side {
		case street.Left:
			return "到达目的地，位于道路左侧"
		case street.Right:
			return "到达目的地，位于道路右侧"
		}
		return "到达目的地"
	}
	return ""
}

// ferry says whether a step goes by a ferry, not by one's own boat.
func (t *telling) ferry(s *Step) bool { return t.e.p.Vehicle != street.Boat && s.Leg < len(t.r.Legs) }

// wayWord is what a way without a name is, "" for a common street.
func (t *telling) wayWord(s *Step) string {
	leg := s.Leg
	if s.Kind == StepRoundabout || leg >= len(t.r.Legs) {
		return ""
	}
	words := [...]struct {
		class  street.Class
		en, zh string
	}{
		{street.ServiceRoad, "service road", "内部道路"},
		{street.Track, "track", "土路"},
		{street.Pedestrian, "pedestrian street", "步行街"},
		{street.Cycleway, "cycleway", "自行车道"},
		{street.Footway, "footway", "人行道"},
		{street.Path, "path", "小路"},
		{street.Steps, "stairs", "台阶"},
		{street.Platform, "platform", "站台"},
		{street.Waterway, "water", "水道"},
	}
	class := t.e.n.Segment(t.r.Legs[leg].Segment).Class
	for _, w := range words {
		if w.class == class && t.l == Chinese {
			return w.zh
		} else if w.class == class {
			return w.en
		}
	}
	return ""
}

func ordinal(n int) string {
	end := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			end = "st"
		case 2:
			end = "nd"
		case 3:
			end = "rd"
		}
	}
	return strconv.Itoa(n) + end
}

func quoted(name string) string {
	if name == "" {
		return "across the water"
	}
	return name
}

func alongside(name string) string {
	if name == "" {
		return ""
	}
	return " along " + name
}

func comma(s string) string {
	if s == "" {
		return "，"
	}
	return "，" + s
}

// Told is a note in a language.
func (n Note) Told(l Language) string {
	words := map[Note][2]string{
		NoteFerry: {"by ferry", "乘渡轮"}, NoteGate: {"through a gate", "经过大门"}, NoteStairs: {"over stairs", "有台阶"},
		NotePrivate: {"over private ground", "经过限行区域"}, NoteToll: {"toll", "收费"},
	}[n]
	if l == Chinese {
		return words[1]
	}
	return words[0]
}
