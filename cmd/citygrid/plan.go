package main

type planCmd struct {
	Clearance planClearanceCmd `cmd:"" help:"Plan the tow trucks' runs of a day: several trips, drop-off sites with hours and room, police, breaks."`
	Patrol    planPatrolCmd    `cmd:"" help:"Plan walks that cover every street of grids, for the officers of a team, and say how far above the least possible they are."`
}
