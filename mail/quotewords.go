package mail

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// The words by which mail clients introduce what they quote, in the languages of
// their users. All are looked for in lines that are short, with RE2's linear time.

// longestIntro is how long an attribution may be, in octets.
const longestIntro = 400

var wroteVerbs = []string{
	"wrote", "writes", "said", "schrieb", "schrieben", "schreibt", "geschrieben", "a écrit", "a ecrit", "écrivait", "escribió",
	"escribio", "escribe", "va escriure", "escreveu", "escreve", "ha scritto", "scrive", "schreef", "skrev", "skriver", "kirjoitti",
	"napisał", "napisała", "napisał(a)", "pisze", "napsal", "napsala", "napsal(a)", "napísal", "napísala", "írta", "a scris",
	"писал", "писала", "писал(а)", "написал", "написала", "написал(а)", "пишет", "пише", "написав", "написала",
	"yazdı", "şunları yazdı", "έγραψε", "đã viết", "menulis", "kirjutas", "rašė", "rakstīja", "je napisal", "je napisala",
	"je napisao", "написа", "כתב", "كتب", "skribis",
}

// behindWrote is what may stand behind the verb.
var behindWrote = regexp.MustCompile(`^([\s(,][^:]{0,200}(\d:\d\d[^:]{0,50})?)?\s?[:：]$`)

// In these languages the verb or its noun stands at the end, with no space before it.
var wroteEast = []string{"写道", "寫道", "写到", "のメール", "は書きました", "が書きました", "さんは書きました", "님이 작성", "작성"}

// saysWrote reports whether words end like "On … wrote:".
func saysWrote(words string) bool {
	if len(words) > longestIntro {
		return false
	}
	text := strings.TrimRight(words, " :：")
	for _, verb := range wroteEast {
		if strings.HasSuffix(text, verb) {
			return len(text) < len(words) || strings.ContainsAny(words, "@<0123456789")
		}
	}
	return endsInColon(words) && hasVerb(strings.ToLower(words))
}

// hasVerb looks for a verb in words in lower case that only a time or the like follows.
func hasVerb(words string) bool {
	for _, verb := range wroteVerbs {
		for from := 0; ; from++ {
			i := strings.Index(words[from:], verb)
			if i < 0 {
				break
			}
			from += i
			if beginsWord(words[:from]) && behindWrote.MatchString(words[from+len(verb):]) {
				return true
			}
		}
	}
	return false
}

// beginsWord says whether a word can begin behind a text.
func beginsWord(before string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	return before == "" || strings.ContainsRune(" \t\n\f\r>)]\"',»", last)
}

// mayEndAttribution is a quick look at the last line of what may be an attribution.
func mayEndAttribution(line string) bool {
	if endsInColon(line) {
		return true
	}
	for _, verb := range wroteEast {
		if strings.HasSuffix(line, verb) {
			return true
		}
	}
	return false
}

func endsInColon(s string) bool { return strings.HasSuffix(s, ":") || strings.HasSuffix(s, "：") }

// introWithDate is a line that names a time or an address and ends in a colon; before
// a quotation that is enough, in whatever language.
var introWithDate = regexp.MustCompile(`(\d{1,2}[:.h]\d\d|\b(19|20)\d\d\b|\S@\S.*[:：]$).*[:：>]$`)

// introWithBoth names an address and then a date: beyond doubt however it begins.
var introWithBoth = regexp.MustCompile(`\S@\S.*(\d{1,2}[:.h]\d\d|\b(19|20)\d\d\b).*[:：]$`)

var introOther = regexp.MustCompile(`(?i)^(quoting|zitat von|citando( a)?|citat|selon|quoted from|hallo .{1,60} schrieb)\b.{1,200}:$`)

// introduces reports whether words that stand right above a quotation introduce it.
func introduces(words string) bool {
	if len(words) > longestIntro || !mayEndAttribution(strings.TrimRight(words, " ")) && !strings.HasSuffix(words, ">") {
		return false
	}
	return saysWrote(words) || introOther.MatchString(words) || introWithBoth.MatchString(words) || opensAttribution(words) && introWithDate.MatchString(words)
}

// attributionStart is how an attribution begins: a preposition, a weekday or a date.
var attributionStart = regexp.MustCompile(`(?i)^\W{0,3}((on|am|le|el|il|em|op|den|dne|dnia|w dniu|na|på|pe|vào|a|at|in|quoting|zitat|à|στις|в|от)\s|` +
	`(mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|пн|вт|ср|чт|пт|сб|вс)[\pL]{0,10}[.,\s]|\d{1,4}([./\-年 ]|[a-z]{2} ))`)

func opensAttribution(words string) bool {
	return strings.ContainsAny(words, "0123456789@") && attributionStart.MatchString(words)
}

// forwardWords and originalWords stand between dashes in lower case.
var (
	forwardWords = []string{
		"forwarded", "forward message", "weitergeleitet", "weiterleitung", "transféré", "transfere", "réexpédié", "reenviado", "inoltrato",
		"doorgestuurd", "encaminhada", "vidarebefordrat", "videresendt", "välitetty", "przekazana", "przeposlaná", "přeposlaná",
		"továbbított", "redirecționat", "пересылаемое", "пересланное", "переслано", "iletilen", "προωθημένο", "chuyển tiếp", "转发", "轉寄", "転送", "전달된",
	}
	originalWords = []string{
		"original message", "original appointment", "original mail", "ursprüngliche nachricht", "ursprünglicher termin", "original-nachricht", "originalnachricht",
		"message d'origine", "message d’origine", "message original", "mensaje original", "messaggio originale", "messaggio original", "oorspronkelijk bericht",
		"mensagem original", "ursprungligt meddelande", "originalmeddelande", "oprindelig meddelelse", "opprinnelig melding", "alkuperäinen viesti", "wiadomość oryginalna",
		"původní zpráva", "pôvodná správa", "eredeti üzenet", "mesaj original", "исходное сообщение", "orijinal mesaj", "αρχικό μήνυμα", "thư gốc",
		"原始邮件", "原始郵件", "元のメッセージ", "オリジナルメッセージ", "원본 메시지", "izvorna poruka", "reply message", "reply to message",
	}
)

// isForwardLine recognises "---------- Forwarded message ---------" and "Begin
// forwarded message:".
func isForwardLine(text string) bool {
	if dashed(text, forwardWords) {
		return true
	}
	const longest = 150
	if text == "" || len(text) > longest || text[0] < 0x80 && strings.IndexByte("bdaivBDAIV", text[0]) < 0 {
		return false
	}
	switch strings.ToLower(strings.TrimRight(text, " :：")) {
	case "begin forwarded message", "anfang der weitergeleiteten nachricht", "début du message réexpédié", "début du message transféré",
		"inizio messaggio inoltrato", "inicio del mensaje reenviado", "begin doorgestuurd bericht", "início da mensagem encaminhada",
		"início da mensagem reencaminhada", "vidarebefordrat brev", "начало переадресованного сообщения", "以下是转发的邮件", "下記は転送されたメッセージです":
		return true
	}
	return false
}

// isOriginalLine recognises "-----Original Message-----".
func isOriginalLine(text string) bool { return dashed(text, originalWords) }

// dashed reports whether text is a title of dashes with one of the words in it.
func dashed(text string, words []string) bool {
	const dashes, longest = "-_=* :", 100
	title := strings.Trim(text, dashes)
	if len(text) > 2*longest || len(title) > longest || len(title) < 2 || !strings.ContainsAny(text[:1], dashes) || !strings.ContainsAny(text[1:2], dashes) {
		return false
	}
	lower := strings.ToLower(title)
	for _, word := range words {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return false
}

var replyAbove = regexp.MustCompile(`(?i)^[-#=_*\s]*(please )?(type your )?reply (above|over) this line|(?i)^[-#=_*\s]*write above this line`)

// isReplyAboveLine recognises the marker that ticket systems put above what they send.
func isReplyAboveLine(text string) bool {
	return len(text) < 200 && strings.Contains(strings.ToLower(text), "this line") && replyAbove.MatchString(text)
}

// isRuler recognises a line of underscores, dashes or equals signs.
func isRuler(text string) bool {
	return len(text) >= 3 && (strings.Trim(text, "_") == "" || strings.Trim(text, "-") == "" && len(text) >= 5 || strings.Trim(text, "=") == "" && len(text) >= 5)
}

// A label is which header field a line of text names.
type label int8

const (
	labelNone label = iota
	labelFrom
	labelDate
	labelTo
	labelSubject
)

var labels = labelTable()

func labelTable() map[string]label {
	table := make(map[string]label)
	for l, words := range map[label]string{
		labelFrom: "from von de da van från fra od od odesílatel lähettäjä feladó от від kimden από expéditeur mittente remitente nadawca afzender absender " +
			"发件人 寄件者 寄件人 差出人 보낸_사람 gönderen pošiljatelj saatja nuo từ de_la",
		labelDate: "sent date gesendet datum enviado enviado_el enviada_em enviado_em enviada fecha envoyé envoyé_le inviato data verzonden skickat sendt wysłano wysłane " +
			"odesláno lähetetty päivämäärä dátum elküldve отправлено дата gönderme_tarihi gönderildi tarih στάλθηκε ημερομηνία 发送时间 寄件日期 送信日時 日付 보낸_날짜 날짜 日期 时间 trimis dato",
		labelTo:      "to an à a para aan till til do komu vastaanottaja címzett кому kime προς 收件人 收件者 宛先 받는_사람 destinataire destinatario empfänger către đến pour",
		labelSubject: "subject betreff objet asunto oggetto onderwerp ämne emne temat předmět predmet aihe tárgy тема konu θέμα 主题 主旨 件名 제목 assunto subiect chủ_đề re",
	} {
		for word := range strings.FieldsSeq(words) {
			table[strings.ReplaceAll(word, "_", " ")] = l
		}
	}
	return table
}

// labelOf returns which header field a line such as "*Sent:* Friday" names.
func labelOf(text string) label {
	const longestLabel = 50
	name, rest, found := strings.Cut(strings.Replace(text, "：", ":", 1), ":")
	if !found || len(name) > longestLabel || rest != "" && !strings.ContainsAny(rest[:1], " \t*<") {
		return labelNone
	}
	return labels[strings.ToLower(strings.Trim(name, " *\u00a0"))]
}

var device = regexp.MustCompile(`(?i)^[-*<(\s]*(sent (from|via|using|with) |get outlook for |gesendet (mit|von|über|via) |von meinem .{1,40} gesendet|diese nachricht wurde von meinem |` +
	`envoyé (de|depuis|avec|à partir) |télécharger outlook |enviado (desde|do|a partir|por|com|con) |inviato (da|con) |verzonden (vanaf|met|vanuit) |skickat från |sendt fra |` +
	`lähetetty |wysłane z |odesláno z |odoslané z |отправлено (с|из) |надіслано з |gönderildi$|.{1,30} (cihazımdan|uygulamasından) gönderildi|στάλθηκε από |trimis de pe |` +
	`发自我的|发送自|從我的|傳送自|.{1,20}から送信|나의 .{1,20}에서 보냄|.{1,20}에서 보냄|אנשלח מה|נשלח מה)`)

// isDeviceLine recognises what phones write below a mail.
func isDeviceLine(text string) bool { return len(text) <= 120 && device.MatchString(text) }

var (
	footerLine = regexp.MustCompile(`(?i)^you (have )?received this (message|email|mail) because you are (subscribed|a member)|^to unsubscribe from this (group|list|mailing list)\b.{0,200}(send|visit|click|:)|^reply to this email directly or view it on |^this e-?mail has been (checked|scanned) (for|by) |^diese e-?mail wurde von avast|^virus-free\.|^--~--~-+`)
	listFooter = regexp.MustCompile(`(?i)mailing list|mailman|listinfo|unsubscribe|list-?(owner|help|archive)|lists?\.[a-z0-9.-]+|@lists?\b|mailingliste|liste de diffusion|lista de correo`)
)

// isFooterLine recognises the first line of a footer that says what it is.
func isFooterLine(text string) bool {
	const longest = 500
	if len(text) < 3 || len(text) > longest {
		return false
	}
	switch strings.ToLower(text[:3]) {
	case "you", "to ", "rep", "thi", "die", "vir", "--~":
		return footerLine.MatchString(text)
	}
	return false
}

// isFooter reports whether the lines below a ruler are the footer of a list.
func isFooter(words string) bool {
	const most = 1500
	return len(words) <= most && listFooter.MatchString(words)
}

// isForwardSubject recognises the prefixes by which mail clients mark a forwarded
// message.
func isForwardSubject(subject string) bool {
	prefix, _, found := strings.Cut(subjectTag.ReplaceAllString(subject, ""), ":")
	if !found {
		return false
	}
	switch strings.ToLower(strings.TrimSpace(prefix)) {
	case "fw", "fwd", "wg", "tr", "rv", "i", "enc", "vs", "vb", "doorst", "pd", "továbbítás", "пересл", "转发", "轉寄", "転送":
		return true
	}
	return false
}
