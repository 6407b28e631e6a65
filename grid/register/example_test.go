package register_test

import (
	"fmt"
	"strings"

	"citygrid/grid/register"
)

func ExampleReadVehicles() {
	file := `plate,kind,team,capacity
浙F12345,清障车,T1,8
浙F12345,tank,T9,8
`
	book := register.Book{Teams: []register.Team{{ID: 1, Code: "T1"}}}
	_, faults := register.ReadVehicles(strings.NewReader(file), book)
	for _, f := range faults {
		fmt.Println(f)
	}
	// Output:
	// line 3, kind: "tank" is not understood: use one of [patrol-car tow-truck sanitation-truck boat e-bike]
	// line 3, team: there is no team "T9": write the code of a team that there is, or import teams first
	// line 3, plate: "浙F12345" is on line 2 already: give each its own
}
