package bounce

// The sentences by which mail systems say that something was not delivered. They are
// in lower case and matched anywhere in a text, so each has to be long enough to mean
// nothing else.

var reportSubjects = []string{
	"undeliver", "undelivered", "delivery status", "delivery notification", "delivery failure", "delivery report",
	"delivery has failed", "delivery problem", "delivery error", "delivery warning", "delivery failed", "failed delivery",
	"failed mail", "failure delivery", "failure notice", "mail failure", "mail delivery", "mail system error",
	"message delivery", "returned mail", "returned message", "returned to sender", "returning message", "could not be delivered",
	"could not send", "cannot be delivered", "not delivered", "message delayed", "delayed mail", "delayed 24 hours",
	"non-deliver", "nondeliver", "non delivery", "mail could not", "message you sent blocked", "error sending your mail",
	"user unknown", "message status", "error during delivery", "delivery delayed", "message not delivered", "bounce",
	"warning: message", "non remis", "échec de la remise", "non distribu", "échec d'envoi", "avis de non-remise",
	"unzustellbar", "nicht zugestellt", "zustellung", "fehler bei der zustellung", "rückläufer", "onbestelbaar", "niet bezorgd",
	"no se pudo entregar", "no entregado", "no se puede entregar", "devolución de correo", "error de entrega", "mensaje no entregado",
	"não foi entregue", "não entregue", "falha na entrega", "não é possível entregar", "mancato recapito", "non recapitabile", "consegna non riuscita",
	"не доставлено", "недоставлен", "невозможно доставить", "не удается доставить", "не удалось доставить",
	"nie można dostarczyć", "niedostarczalna", "niedostarczon", "doručení", "nedoručitelné", "nepodařilo se doručit", "kézbesíthetetlen", "oleverbar", "olevererad",
	"ikke levert", "kan ikke leveres", "uleverbar", "toimittamatta", "ei voitu toimittaa", "teslim edilemedi", "teslim edilemeyen",
	"配信不能", "配信できません", "送信できません", "エラーメール", "メール配信", "配送できません", "退信", "无法投递", "投递失败", "退件", "未傳遞", "无法送达", "배달되지", "반송",
	"αδυναμία παράδοσης", "nedorucitelne", "livrare nereușită", "недоставлене",
}

// failurePhrases say it in the text.
var failurePhrases = append([]string{
	"could not be delivered", "couldn't be delivered", "cannot be delivered", "can't be delivered", "was not delivered", "wasn't delivered", "were not delivered",
	"has not been delivered", "not yet been delivered", "is undeliverable", "was undeliverable", "undeliverable address",
	"unable to deliver", "not able to deliver", "wasn't able to deliver", "error delivering", "failed to deliver", "trouble delivering",
	"could not deliver", "delivery has failed", "delivery failed", "delivery failure", "delivery to the following", "delivery of email to this address", "delevery to the following",
	"delivery problem", "delivery error", "delivery attempts", "attempting to deliver", "trying to deliver", "tried to deliver",
	"did not reach", "didn't reach", "could not be reached", "couldn't be reached", "did not receive your message", "did not receive this message", "did not receive a copy",
	"could not be sent", "couldn't be sent", "failed to send", "not delivered to the following", "message not delivered", "message not accepted", "was not accepted",
	"following address(es) failed", "following addresses failed", "following address failed", "failed addresses", "failed recipient", "failure reasons", "addresses had permanent", "addresses had delivery", "addresses had transient",
	"returned to sender", "mailbox is full", "mailbox exceeds", "user unknown", "unknown user", "no such user", "invalid user address", "incorrectly constructed",
	"transcript of session follows", "was automatically rejected", "was rejected", "were rejected", "rejected by", "has been postponed", "is delayed for more", "has been delayed", "message delayed",
	"did not exactly match", "not listed in", "may not exist, or you may not have permission", "status: 5.", "mailbox unavailable",
	"were affected", "address not found", "address couldn't be found", "remote host said", "smtp error",
	"no se ha podido entregar", "no pudo ser entregado", "no se pudo entregar", "no se puede entregar", "nao pode ser enviada", "não pôde ser entregue", "não foi possível entregar", "no ha sido entregado",
	"n'a pas pu être remis", "n'a pas pu être délivré", "n'a pas pu être distribué", "n'a pu être", "échec de la remise", "n'existe pas", "impossible de remettre", "n'ont pas reçu",
	"konnte nicht zugestellt", "konnten nicht zugestellt", "nicht zugestellt werden", "zustellung fehlgeschlagen", "fehler bei der zustellung", "nicht übermittelt",
	"non è stato possibile", "non è stato recapitato", "impossibile recapitare", "non è stata recapitata", "kon niet worden", "is niet bezorgd", "niet worden bezorgd",
	"не может быть доставлено", "не было доставлено", "не удалось доставить", "не доставлено", "не вдалося доставити", "nie została dostarczona", "nie można dostarczyć", "nie mogła zostać",
	"nepodařilo se doručit", "nelze doručit", "nem kézbesíthető", "kunde inte levereras", "kunne ikke leveres", "kunne ikke levert", "ei voitu toimittaa", "teslim edilemedi",
	"送信できませんでした", "配信できません", "お届けできません", "送信に失敗", "配送できません", "エラーのため", "エラー(", "ディレクトリのリスト", "宛先不明",
	"无法发送到", "无法投递", "无法送达", "投递失败", "被退回", "送达失败", "無法傳遞", "배달되지 않", "전송하지 못",
}, plainPhrases...)

// plainPhrases are enough by themselves next to an address in the first lines.
var plainPhrases = []string{
	"could not be delivered to", "was not delivered to", "wasn't delivered to", "unable to deliver message to", "unable to deliver your message",
	"not a member of this mailing list", "couldn't be delivered to", "has not been delivered to", "error delivering your mail to",
}

// delayPhrases say that it is still being tried.
var delayPhrases = []string{
	"has not yet been delivered", "not yet been delivered", "this is just a warning", "this is a warning", "warning message only", "warning only",
	"has been delayed", "is delayed for more", "will be retried", "still being retried", "will continue to attempt", "will continue to try", "delivery attempts will continue", "still trying",
	"only a temporary failure", "has been postponed", "advisory-only", "will keep trying", "could not send message for past", "could not send mail for past", "message delayed",
	"delayed mail", "(delay)", "delivery is delayed", "wird weiterhin versucht", "noch nicht zugestellt", "n'a pas encore", "aún no se ha", "ainda não foi", "ancora non", "ещё не", "пока не доставлено",
}
