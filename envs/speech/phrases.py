"""What is said in the embedded bank: calls for help and ordinary talk."""

from typing import NamedTuple

__all__ = ["CALLS", "RESPELT", "TALK", "Phrase"]


class Phrase(NamedTuple):
    """A sentence, and how to write Korean for voices that know none.

    Those voices read it off a respelling, so that their Korean has a strong foreign accent.
    """

    text: str
    english: str = ""
    """For English voices."""
    romance: str = ""
    """For Spanish and Italian voices, whose vowels are written as they are said."""


RESPELT = {"en-US": "english", "en-GB": "english", "es-ES": "romance", "it-IT": "romance"}

CALLS: dict[str, tuple[Phrase, ...]] = {
    "ko": (
        Phrase("살려주세요!", "Sahl yuh joo seh yo!", "¡Sal lio chu se io!"),
        Phrase("여기 사람 있어요!", "Yuh ghee sah rahm ee saw yo!", "¡Io gui sa ram i so io!"),
        Phrase("도와주세요!", "Toh wah joo seh yo!", "¡To ua chu se io!"),
        Phrase("여기요!", "Yuh ghee yo!", "¡Io gui io!"),
        Phrase("사람 살려!", "Sah rahm sahl yuh!", "¡Sa ram sal lio!"),
        Phrase("구해주세요!", "Koo heh joo seh yo!", "¡Ku e chu se io!"),
        Phrase("누구 없어요?", "Noo goo up saw yo?", "¿Nu gu op so io?"),
        Phrase("나 여기 있어요!", "Nah yuh ghee ee saw yo!", "¡Na io gui i so io!"),
        Phrase("못 나가겠어요!", "Moan nah gah geh saw yo!", "¡Mon na ga gue so io!"),
        Phrase("문이 안 열려요!", "Moo nee ahn yull yuh yo!", "¡Mu ni an iol lio io!"),
        Phrase("불이야!", "Poo ree yah!", "¡Pu ri ia!"),
        Phrase("숨을 못 쉬겠어요!", "Soo mool moat shwee geh saw yo!", "¡Su mul mot sui gue so io!"),
    ),
    "en": tuple(
        Phrase(text)
        for text in (
            "Help!",
            "Help me!",
            "Somebody help!",
            "I'm over here!",
            "Over here!",
            "I can't get out!",
            "Please help us!",
            "Is anybody there?",
            "I'm trapped in here!",
            "The door won't open!",
            "Save me!",
            "I can't breathe!",
        )
    ),
    "de": tuple(map(Phrase, ("Hilfe!", "Ich bin hier!", "Helfen Sie mir bitte!", "Ich komme nicht raus!"))),
    "es": tuple(map(Phrase, ("¡Socorro!", "¡Estoy aquí!", "¡Ayúdenme, por favor!", "¡No puedo salir!"))),
    "fr": tuple(map(Phrase, ("Au secours !", "Je suis ici !", "Aidez-moi, s'il vous plaît !", "Je ne peux pas sortir !"))),
    "it": tuple(map(Phrase, ("Aiuto!", "Sono qui!", "Aiutatemi, per favore!", "Non riesco a uscire!"))),
    "ru": tuple(map(Phrase, ("Помогите!", "Я здесь!", "Спасите меня!", "Я не могу выйти!"))),
}

TALK: dict[str, tuple[Phrase, ...]] = {
    "ko": (
        Phrase("지금 들어갑니다.", "Chee gum too roh gahm nee dah.", "Chi gum tu ro gam ni da."),
        Phrase("이쪽으로 오세요.", "Ee joe goo roh oh seh yo.", "I cho gu ro o se io."),
        Phrase("이층은 확인했습니다.", "Ee chung oon hwah geen heh soom nee dah.", "I chung un ua guin e sum ni da."),
        Phrase(
            "계단 쪽으로 이동합니다.", "Keh dahn joe goo roh ee dong hahm nee dah.", "Que dan cho gu ro i dong am ni da."
        ),
    ),
    "en": tuple(
        Phrase(text)
        for text in (
            "We are going in now.",
            "Please follow me this way.",
            "The second floor is clear.",
            "Bring the hose up to the stairs.",
        )
    ),
    "de": (Phrase("Wir gehen jetzt hinein."), Phrase("Bitte kommen Sie hier entlang.")),
    "es": (Phrase("Vamos a entrar ahora."), Phrase("Por favor, venga por aquí.")),
    "fr": (Phrase("Nous entrons maintenant."), Phrase("Par ici, s'il vous plaît.")),
    "it": (Phrase("Adesso entriamo."), Phrase("Per favore, venga da questa parte.")),
    "ru": (Phrase("Мы сейчас войдём."), Phrase("Идите за мной.")),
}
