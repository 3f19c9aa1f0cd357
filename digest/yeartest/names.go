package yeartest

// A region is where people come from: what their clocks show, which language they read, when they do not work.
type region struct {
	name, zone, language string
	given, family        []string
	holidays             []string // month and day; movable ones by their date in 2026
}

var regions = []region{
	{"germany", "Europe/Berlin", "de",
		[]string{"Anneke", "Bertram", "Carla", "Dietmar", "Elfie", "Frauke", "Gesine", "Henrik", "Ilka", "Jannis", "Karlotta", "Lennart", "Meike", "Nils", "Ottilie", "Piet"},
		[]string{"Ackerbach", "Brunsholt", "Dornwald", "Eichmoor", "Feldkamper", "Grünsteg", "Hohlbein-Maar", "Kranzow", "Lindenau", "Moorhauser", "Rabensdorp", "Silberstedt"},
		[]string{"01-01", "04-03", "04-06", "05-01", "05-14", "05-25", "10-03", "12-25", "12-26"}},
	{"spain", "Europe/Madrid", "es",
		[]string{"Araceli", "Benicio", "Candela", "Darío", "Estíbaliz", "Fermín", "Graciela", "Hernán", "Inmaculada", "Jacinto", "Leocadia", "Maravillas"},
		[]string{"Arbolera", "Bellaluz", "Campoverde", "Doscaminos", "Encinar", "Fuentesol", "Garcimuño", "Hontanares", "Molinorte", "Peñaclara"},
		[]string{"01-01", "01-06", "04-03", "05-01", "08-15", "10-12", "11-01", "12-06", "12-08", "12-25"}},
	{"britain", "Europe/London", "en",
		[]string{"Alys", "Bram", "Cerys", "Dougal", "Edith", "Finlay", "Gwen", "Hamish", "Isla", "Jowan", "Kerenza", "Lachlan", "Morwenna", "Nerys", "Osric", "Philippa"},
		[]string{"Ashcombe", "Birkenshaw", "Cottlestone", "Dunmarrow", "Elderwick", "Farthinghoe", "Greyfell", "Hollinworth", "Inkpenny", "Larkmoor", "Pendrake", "Thistlewood"},
		[]string{"01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"}},
	{"india", "Asia/Kolkata", "en",
		[]string{"Aarohi", "Bhavesh", "Charulata", "Devika", "Eshaan", "Falguni", "Gauri", "Hiren", "Ishani", "Jatin"},
		[]string{"Amratwala", "Bagichawala", "Chandrapuri", "Deepsagar", "Gulmohari", "Kamalnayan", "Neelgiriwala", "Suryavel"},
		[]string{"01-26", "03-04", "08-15", "10-02", "10-20", "11-08", "12-25"}},
	{"america", "America/New_York", "en",
		[]string{"Adaline", "Beckett", "Corliss", "Delphine", "Emmett", "Fiora", "Garrison", "Harlowe", "Ione", "Jericho"},
		[]string{"Applefield", "Brightwater", "Copperhill", "Driftwood", "Evermarsh", "Foxhollow", "Millrace", "Northbend"},
		[]string{"01-01", "01-19", "05-25", "06-19", "07-03", "09-07", "11-26", "11-27", "12-25"}},
}
