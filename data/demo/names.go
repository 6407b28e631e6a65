package demo

// Names for people and dogs who don't exist.
var (
	givenNames = []string{
		"Na", "Marcus", "Fang", "Grace", "Omar", "Jing", "Elena", "Tunde", "Yan", "Ruth", "Diego", "Lei", "Hannah", "Kofi", "Min", "Sofia",
		"Hao", "Aisha", "Peter", "Xiu", "Nadia", "Tom", "Qing", "Lucia", "Ivan", "Bo", "Priya", "Sam", "Ting", "Clara",
	}
	familyNames = []string{
		"Wang", "Bell", "Zhang", "Okafor", "Liu", "Rivera", "Chen", "Novak", "Zhao", "Hughes", "Huang", "Mensah", "Zhou", "Silva", "Wu", "Keller",
		"Xu", "Marsh", "Sun", "Haddad", "Ma", "Flynn", "Zhu", "Costa", "Hu", "Reyes", "Guo", "Brandt", "He",
	}
	dogNames = []string{
		"Bella", "Max", "Luna", "Charlie", "Doudou", "Rocky", "Daisy", "Buddy", "Wangcai", "Coco", "Milo", "Ruby", "Xiaobai", "Duke", "Rosie",
		"Teddy", "Lola", "Bear", "Pidan", "Jack", "Molly", "Scout", "Nala", "Finn", "Heihei", "Ziggy", "Penny", "Ollie", "Maomao", "Gus",
		"Sadie", "Rex", "Tangyuan", "Hazel", "Louie", "Pepper", "Archie",
	}
	breeds = []string{"mixed", "Labrador", "Poodle", "Beagle", "Shiba", "Terrier", "Shepherd", "Corgi", "Pug", "Collie"}
)
