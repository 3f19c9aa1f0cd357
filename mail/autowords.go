package mail

import (
	"regexp"
	"strings"
)

// answerSubject is what clients put in front of the subject that a person answers.
var answerSubject = regexp.MustCompile(`(?i)^\s*(\[[^\]]{1,60}\]\s*)?(re|aw|sv|antw|vs|ref|rif|odp|bls|res|ynt|回复|回覆|返信|답장|відп|отв)(\[\d+\]|\(\d+\))?\s?[:：]`)

// subjectTag is the name of a list or ticket in front of a subject.
var subjectTag = regexp.MustCompile(`^(\s*\[[^\]]{1,100}\])+\s*`)

// daemonSender is a From, Sender or Return-Path of a mail system.
var daemonSender = regexp.MustCompile(`(?i)\bmailer[-_]?daemon(@|\b)|\bmail[ ._]delivery[ ._](sub)?system\b`)

var postmasterSender = regexp.MustCompile(`(?i)\bpost_?master\\?@|^\s*<?post_?master\b`)

// complaintSubject is how Hotmail reports abuse.
var complaintSubject = regexp.MustCompile(`(?i)^\s*complaint about message from `)

// failureSubject is how bounces begin.
var failureSubject = regexp.MustCompile(`(?i)^(undeliver|mail delivery (fail|subsystem|system|error|status)|delivery (status notification|fail|error|problem|has failed|report)|` +
	`returned (mail|to sender)|return(ed)? (receipt )?undeliver|failure (notice|notification|delivery)|mail (system error|could not|failure)|warning: (could not|message|undeliver)|` +
	`nondeliver|non-deliver|non recapit|message (delivery )?(fail|could not|delayed|undeliver)|could not (deliver|send) |unzustellbar|nicht zustellbar|échec|echec|non remis|no se puede entregar|` +
	`no entregado|mancata consegna|onbestelbaar|niet bestelbaar|não entregue|недоставлен|não foi possível entregar|投递失败|配信不能|配達できません|отправлен\w+ не|delayed mail|delivery delayed)`)

// responderSubject are the subjects of answering machines: alone or before a colon,
// with the subject that they answer behind it.
var responderSubject = regexp.MustCompile(`(?i)^(` + strings.Join([]string{
	`auto(matic|mated|matische|matisk|matyczna)?[- ]?(reply|response|responder|antwort|svar)`, `automatisches? (antwort|antwoord)`, `automatisch antwoord`,
	`réponse automatique`, `reponse automatique`, `respuesta autom[áa]tica`, `risposta automatica`, `resposta autom[áa]tica`, `autosvar`, `automatiskt? svar`,
	`automaattinen vastaus`, `odpowied[źz] automatyczna`, `automatick[áa] odpov[ěe][ďd]`, `automatikus v[áa]lasz`, `r[ăa]spuns automat`, `автоответ(чик)?`,
	`автоматический ответ`, `автоматична відповідь`, `otomatik (yanıt|cevap)`, `αυτόματη απάντηση`, `自動(応答|返信|回覆|回复)`, `自动(答复|回复)`, `자동 ?(회신|응답)`,
	`out of (the )?office( assistant)?[- ]?(auto)?[- ]?(reply|response|message|notification)`, `abwesenheits(notiz|nachricht|meldung|assistent|benachrichtigung)`,
	`vacation (auto)?[- ]?(reply|response|message)`, `notification d.absence`, `message d.absence`, `absence du bureau`, `afwezigheids(bericht|melding|assistent)`,
	`(away|absent) from my mail`, `i am away from my mail`, `不在(です|通知|のお知らせ)`, `부재중 ?(자동)?.{0,10}`,
}, "|") + `)\s*([:：(]|[-–]\s|re:|$)|` +
	`^auto: .{0,100}(out of (the )?office|is away|returning|abwesend|absent|nicht im (b[üu]ro|hause))`)

// awaySubject are subjects that people write as well.
var awaySubject = regexp.MustCompile(`(?i)^(out of (the )?office|ooo\b|auto:|abwesen(d|heit)|nicht im (b[üu]ro|hause)|on (vacation|leave|holiday)|vacation\b|away\b|absen(t|ce)\b|en congé|fuera de|fuori (sede|ufficio)|` +
	`ausente|fora do escrit|ausência|afwezig|frånvaro|fravær|poissa|nieobecno|mimo kancel|в отпуске|отсутств|外出|休假|不在|부재)|\b(is|am) (currently )?out of (the )?office\b`)
