"""The vocabularies of signs in Korean and English, and which of their words are kept for tests.

Each word of a room, exit, hazard, notice or trade is in one of two pools, `train` and `test`, whatever else joins the
vocabulary later: words that share a pair (such as `비상구`, `EXIT` and `출구`) stay together, and a stable hash of the
first of them decides. Names that are put together are split by a hash of the whole name. What a building is (such as
`HOSPITAL`), floors and kinds of streets are said alike in both pools, and numbers are free.
"""

from collections.abc import Iterable
from functools import cache
from typing import Literal
from zlib import crc32

__all__ = ["BUILDINGS", "BUILDING_USES", "EN_FIRST", "EN_SECOND", "EN_STREETS", "EN_WAYS", "EXITS", "FIRST", "HAZARDS"]
__all__ += ["NOTICES", "ROOF", "ROOMS", "SECOND", "TRADES", "Pair", "Words"]
__all__ += ["in_pool", "lexicon", "of_pool", "shared_words"]

Pair = tuple[str, str]
"""Korean and English of the same thing."""

Words = Literal["all", "train", "test"]

ROOMS: tuple[Pair, ...] = (
    ("자료실", "Library"), ("회의실", "Meeting Room"), ("사무실", "Office"), ("강의실", "Classroom"),
    ("실험실", "Laboratory"), ("창고", "Storage"), ("기계실", "Machine Room"), ("전기실", "Electrical Room"),
    ("화장실", "Restroom"), ("휴게실", "Lounge"), ("상담실", "Counselling"), ("보건실", "Nurse's Office"),
    ("방재실", "Control Room"), ("교무실", "Teachers' Office"), ("서버실", "Server Room"), ("관리실", "Caretaker"),
    ("탕비실", "Pantry"), ("도서실", "Reading Room"), ("수술실", "Operating Room"), ("응급실", "Emergency Room"),
    ("음악실", "Music Room"), ("미술실", "Art Room"), ("식당", "Canteen"), ("경비실", "Security"),
    ("교장실", "Principal"), ("행정실", "Administration"), ("방송실", "Broadcasting"), ("컴퓨터실", "Computer Lab"),
    ("과학실", "Science Lab"), ("체육관", "Gymnasium"), ("강당", "Auditorium"), ("급식실", "Lunch Room"),
    ("시청각실", "Audiovisual Room"), ("상황실", "Situation Room"), ("대기실", "Waiting Room"), ("접견실", "Visitors"),
    ("탈의실", "Changing Room"), ("샤워실", "Shower"), ("세탁실", "Laundry Room"), ("수유실", "Nursing Room"),
    ("숙직실", "Night Duty"), ("당직실", "Duty Room"), ("보일러실", "Boiler Room"), ("발전기실", "Generator"),
    ("펌프실", "Pump Room"), ("공조실", "Ventilation"), ("통신실", "Telecom"), ("배전실", "Switchboard"),
    ("문서고", "Archive"), ("인쇄실", "Print Room"), ("연구실", "Research"), ("세미나실", "Seminar Room"),
    ("진료실", "Consulting Room"), ("주사실", "Injections"), ("검사실", "Examination"), ("입원실", "Ward"),
    ("중환자실", "Intensive Care"), ("분만실", "Delivery Room"), ("약제실", "Dispensary"), ("물리치료실", "Physiotherapy"),
    ("영상의학실", "Radiology"), ("내시경실", "Endoscopy"), ("채혈실", "Blood Tests"), ("원무과", "Admissions"),
    ("총무과", "General Affairs"), ("재무과", "Finance"), ("민원실", "Citizen Service"), ("전산실", "Data Center"),
    ("기록실", "Records"), ("모형실", "Model Room"), ("목공실", "Woodwork"), ("조리실", "Kitchen"),
    ("무용실", "Dance Studio"), ("놀이방", "Playroom"), ("유아실", "Nursery"), ("기도실", "Prayer Room"),
    ("장비실", "Equipment"), ("출동대기실", "Crew Room"), ("공구실", "Tool Room"), ("비품실", "Supplies"),
    ("청소도구실", "Cleaning"), ("재활용실", "Recycling"), ("우편실", "Mail Room"), ("동아리방", "Club Room"),
)  # fmt: skip
EXITS: tuple[Pair, ...] = (
    ("비상구", "EXIT"), ("비상구", "EMERGENCY EXIT"), ("출구", "EXIT"), ("피난계단", "FIRE STAIRS"),
    ("대피로", "ESCAPE ROUTE"), ("비상계단", "EMERGENCY STAIRS"), ("피난구", "WAY OUT"),
    ("비상문", "EMERGENCY DOOR"), ("비상통로", "EMERGENCY PASSAGE"), ("피난통로", "ESCAPE PASSAGE"),
    ("나가는 곳", "WAY TO EXIT"),
    ("옥외계단", "OUTSIDE STAIRS"), ("피난사다리", "ESCAPE LADDER"), ("피난안전구역", "REFUGE AREA"),
    ("대피공간", "SAFE ROOM"),
    ("비상탈출구", "ESCAPE HATCH"), ("후문", "REAR DOOR"), ("정문", "MAIN GATE"), ("피난층", "EVACUATION FLOOR"),
)  # fmt: skip
HAZARDS: tuple[Pair, ...] = (
    ("위험", "DANGER"), ("고압가스", "HIGH PRESSURE GAS"), ("고전압 위험", "HIGH VOLTAGE"), ("인화성 물질", "FLAMMABLE"),
    ("접근금지", "KEEP OUT"), ("감전주의", "SHOCK HAZARD"), ("추락주의", "FALL HAZARD"), ("출입금지", "NO ENTRY"),
    ("화기엄금", "NO OPEN FLAME"), ("독성물질", "TOXIC"), ("폭발위험", "EXPLOSIVE"), ("산소", "OXYGEN"),
    ("가스주의", "GAS HAZARD"), ("유해물질", "HAZARDOUS MATERIAL"), ("낙하물주의", "FALLING OBJECTS"), ("경고", "WARNING"),
    ("미끄럼주의", "SLIPPERY FLOOR"), ("고온주의", "HOT SURFACE"),
    ("방사선", "RADIATION"), ("생물재해", "BIOHAZARD"), ("부식성 물질", "CORROSIVE"), ("산화성 물질", "OXIDIZER"),
    ("액화석유가스", "LPG"), ("도시가스", "CITY GAS"), ("수소", "HYDROGEN"), ("질소", "NITROGEN"),
    ("염소", "CHLORINE"), ("암모니아", "AMMONIA"), ("아세틸렌", "ACETYLENE"), ("휘발유", "PETROL"),
    ("경유", "DIESEL"), ("등유", "KEROSENE"), ("시너", "THINNER"), ("질식위험", "ASPHYXIATION"),
    ("밀폐공간", "CONFINED SPACE"), ("붕괴위험", "COLLAPSE"), ("머리조심", "MIND YOUR HEAD"),
    ("발밑조심", "WATCH YOUR STEP"),
    ("손조심", "MIND YOUR HANDS"), ("레이저", "LASER"), ("강한 자기장", "MAGNETIC FIELD"), ("소음지역", "LOUD NOISE"),
    ("지게차 통행", "FORKLIFTS"), ("공사중", "CONSTRUCTION"), ("통행금지", "ROAD CLOSED"), ("수영금지", "NO SWIMMING"),
    ("깊은 물", "DEEP WATER"), ("석면", "ASBESTOS"), ("배터리", "BATTERIES"), ("화약", "GUNPOWDER"),
    ("용접작업중", "WELDING"), ("고소작업", "WORK AT HEIGHT"), ("끼임주의", "PINCH POINT"), ("위험물저장소", "FUEL STORE"),
)  # fmt: skip
NOTICES: tuple[Pair, ...] = (
    ("소화기", "FIRE EXTINGUISHER"), ("소화전", "FIRE HYDRANT"), ("자동심장충격기", "AED"), ("대피안내도", "ESCAPE PLAN"),
    ("관계자 외 출입금지", "STAFF ONLY"), ("금연", "NO SMOKING"), ("미시오", "PUSH"), ("당기시오", "PULL"),
    ("엘리베이터", "ELEVATOR"), ("계단", "STAIRS"), ("안내", "INFORMATION"), ("대피소", "SHELTER"),
    ("구급함", "FIRST AID"), ("집결지", "ASSEMBLY POINT"), ("주차장", "PARKING"), ("접수", "RECEPTION"),
    ("완강기", "DESCENDING DEVICE"), ("비상벨", "EMERGENCY BELL"), ("옥상 출입구", "ROOF ACCESS"), ("방화문", "FIRE DOOR"),
    ("화재경보기", "FIRE ALARM"), ("발신기", "CALL POINT"), ("옥내소화전", "HOSE REEL"), ("소화전함", "HOSE CABINET"),
    ("연결송수구", "STANDPIPE"), ("스프링클러", "SPRINKLER"), ("제연설비", "SMOKE CONTROL"), ("방독면", "GAS MASKS"),
    ("공기호흡기", "BREATHING SET"), ("구조손수건", "RESCUE CLOTH"), ("인명구조함", "RESCUE BOX"),
    ("구명조끼", "LIFE JACKET"),
    ("구명환", "LIFE RING"), ("비상전화", "EMERGENCY PHONE"), ("비상조명", "EMERGENCY LIGHT"), ("차단기", "BREAKER"),
    ("가스차단", "GAS SHUTOFF"), ("소방차 전용", "FIRE LANE"), ("주차금지", "NO PARKING"), ("여기 서시오", "STOP HERE"),
    ("현장지휘소", "COMMAND POST"), ("응급처치소", "AID STATION"), ("환자분류소", "TRIAGE"), ("긴급", "IMMEDIATE"),
    ("응급", "DELAYED"), ("비응급", "MINOR"), ("식수", "DRINKING WATER"), ("담요", "BLANKETS"),
    ("구호물품", "RELIEF GOODS"), ("통제구역", "RESTRICTED"), ("손을 씻으세요", "WASH HANDS"), ("마스크 착용", "WEAR MASK"),
    ("안전모 착용", "WEAR HELMET"), ("보안경 착용", "WEAR GOGGLES"), ("안전화 착용", "SAFETY SHOES"),
    ("촬영금지", "NO PHOTOS"),
    ("음식물 반입금지", "NO FOOD"), ("정숙", "SILENCE"), ("매표소", "TICKETS"), ("분실물", "LOST PROPERTY"),
    ("승강장", "PLATFORM"), ("버스정류장", "BUS STOP"), ("택시", "TAXI"), ("여자", "WOMEN"), ("남자", "MEN"),
    ("휠체어", "WHEELCHAIR"), ("영업중", "OPEN"), ("닫힘", "CLOSED"), ("고장", "OUT OF ORDER"), ("수리중", "UNDER REPAIR"),
    ("입구", "ENTRANCE"), ("우회하시오", "DETOUR"), ("한 줄 서기", "QUEUE HERE"), ("승객용", "PASSENGERS"),
    ("화물용", "FREIGHT"), ("정지", "STOP"), ("서행", "SLOW"), ("양보", "GIVE WAY"), ("자전거길", "CYCLE PATH"),
)  # fmt: skip
BUILDINGS: tuple[Pair, ...] = (
    ("소방서", "FIRE STATION"), ("병원", "HOSPITAL"), ("초등학교", "ELEMENTARY SCHOOL"), ("중학교", "MIDDLE SCHOOL"),
    ("파출소", "POLICE BOX"), ("아파트", "APARTMENTS"), ("도서관", "LIBRARY"), ("우체국", "POST OFFICE"),
    ("주민센터", "COMMUNITY CENTER"), ("시장", "MARKET"),
    ("보건소", "HEALTH CENTER"), ("구청", "DISTRICT OFFICE"), ("은행", "BANK"), ("경찰서", "POLICE"),
    ("고등학교", "HIGH SCHOOL"), ("유치원", "KINDERGARTEN"), ("박물관", "MUSEUM"), ("체육센터", "SPORTS CENTER"),
    ("호텔", "HOTEL"), ("교회", "CHURCH"), ("빌딩", "BUILDING"), ("타워", "TOWER"),
)  # fmt: skip
# What a building of a kind is called.
BUILDING_USES: dict[str, tuple[Pair, ...]] = {
    "fire_station": (("소방서", "FIRE STATION"), ("119안전센터", "119 FIRE STATION")),
    "hospital": (("병원", "HOSPITAL"), ("종합병원", "GENERAL HOSPITAL"), ("대학병원", "UNIVERSITY HOSPITAL")),
    "school": (("초등학교", "ELEMENTARY SCHOOL"), ("중학교", "MIDDLE SCHOOL"), ("고등학교", "HIGH SCHOOL")),
    "police_box": (("파출소", "POLICE BOX"), ("경찰지구대", "POLICE BOX")),
    "apartment": (("아파트", "APARTMENTS"),),
}
TRADES: tuple[Pair, ...] = (
    ("약국", "Pharmacy"), ("꽃집", "Flowers"), ("식당", "Diner"), ("치과", "Dental"), ("서점", "Books"),
    ("세탁소", "Laundry"), ("미용실", "Hair"), ("분식", "Snacks"), ("빵집", "Bakery"), ("카페", "Cafe"),
    ("안경", "Optics"), ("문구", "Stationery"), ("철물", "Hardware"), ("정육점", "Butcher"), ("부동산", "Realty"),
    ("편의점", "Market"), ("노래방", "Karaoke"), ("국수", "Noodles"), ("김밥", "Kimbap"), ("학원", "Academy"),
    ("동물병원", "Vet"), ("사진관", "Photo"), ("자전거", "Bikes"), ("떡집", "Rice Cakes"),
    ("치킨", "Chicken"), ("피자", "Pizza"), ("만두", "Dumplings"), ("횟집", "Raw Fish"), ("갈비", "Ribs"),
    ("순두부", "Tofu Stew"), ("냉면", "Cold Noodles"), ("족발", "Trotters"), ("죽집", "Porridge"), ("뷔페", "Buffet"),
    ("주점", "Pub"), ("찻집", "Tea House"), ("과일", "Fruit"), ("채소", "Vegetables"), ("쌀가게", "Rice"),
    ("생선", "Fish"), ("반찬", "Side Dishes"), ("슈퍼", "Grocery"), ("의류", "Clothes"), ("신발", "Shoes"),
    ("가방", "Bags"), ("모자", "Hats"), ("시계", "Watches"), ("귀금속", "Jewelry"), ("한복", "Hanbok"),
    ("수선", "Tailor"), ("침구", "Bedding"), ("가구", "Furniture"), ("조명", "Lamps"), ("전자", "Electronics"),
    ("휴대폰", "Phones"), ("컴퓨터", "Computers"), ("악기", "Instruments"), ("화방", "Art Supplies"), ("완구", "Toys"),
    ("낚시", "Fishing"), ("등산", "Outdoor"), ("볼링", "Bowling"), ("당구", "Billiards"), ("태권도", "Taekwondo"),
    ("요가", "Yoga"), ("헬스", "Fitness"), ("목욕탕", "Bathhouse"), ("이발", "Barber"), ("네일", "Nails"),
    ("피부과", "Skin Clinic"), ("내과", "Internal Clinic"), ("안과", "Eye Clinic"), ("한의원", "Oriental Clinic"),
    ("정형외과", "Bone Clinic"), ("소아과", "Pediatrics"), ("여행사", "Travel"), ("인쇄", "Printing"),
    ("간판", "Sign Maker"),
    ("열쇠", "Keys"), ("페인트", "Paint"), ("타이어", "Tires"), ("카센터", "Car Repair"), ("주유소", "Gas Station"),
    ("모텔", "Motel"), ("법무사", "Solicitor"), ("세무사", "Tax Office"), ("어린이집", "Day Care"), ("복사", "Copies"),
)  # fmt: skip
# Each name is a first and a second part.
FIRST: tuple[Pair, ...] = (
    ("한", "Han"), ("새", "Sae"), ("푸른", "Pureun"), ("큰", "Keun"), ("고운", "Goun"), ("참", "Cham"),
    ("하늘", "Haneul"), ("달", "Dal"), ("별", "Byeol"), ("솔", "Sol"), ("은", "Eun"), ("해", "Hae"),
    ("늘", "Neul"), ("온", "On"), ("가온", "Gaon"), ("다솜", "Dasom"), ("미르", "Mireu"), ("아라", "Ara"),
    ("봄", "Bom"), ("꽃", "Kkot"), ("구름", "Gureum"), ("바람", "Baram"), ("단", "Dan"), ("윤", "Yun"),
    ("서", "Seo"), ("청", "Cheong"), ("금", "Geum"), ("동", "Dong"), ("남", "Nam"), ("중앙", "Jungang"),
)  # fmt: skip
SECOND: tuple[Pair, ...] = (
    ("빛", "bit"), ("봄", "bom"), ("샘", "saem"), ("들", "deul"), ("마루", "maru"), ("숲", "sup"),
    ("터", "teo"), ("누리", "nuri"), ("바다", "bada"), ("나무", "namu"), ("가람", "garam"), ("뜰", "tteul"),
    ("울", "ul"), ("채", "chae"), ("산", "san"), ("골", "gol"),
    ("강", "gang"), ("정", "jeong"), ("원", "won"), ("호", "ho"), ("주", "ju"),
    ("돌", "dol"), ("재", "jae"), ("결", "gyeol"), ("비", "bi"),
)  # fmt: skip
EN_FIRST = (
    "Blue", "Old", "Golden", "Little", "Corner", "Maple", "River", "North", "Sunny", "Silver", "Harbor", "Green",
    "Red", "Bright", "Quiet", "Happy", "Copper", "Royal", "Lucky", "Amber", "Crystal", "Ocean", "Forest", "Winter",
)  # fmt: skip
EN_SECOND = (
    "Door", "Bridge", "Kettle", "Lantern", "Garden", "Field", "Stone", "Bell", "House", "Leaf", "Wheel", "Hill",
    "Tree", "Moon", "Star", "Basket", "Harvest", "Mountain", "Anchor", "Crown", "Feather", "Spoon", "Window", "Rabbit",
)  # fmt: skip
EN_STREETS = (
    "Maple", "Station", "Harbor", "Cedar", "Mill", "Church", "River", "Market", "Hill", "Garden", "Lake", "Park",
    "Oak", "Pine", "Willow", "King", "Queen", "Union", "Bridge", "School", "Spring", "Valley", "Summit", "Water",
)  # fmt: skip
EN_WAYS = ("St", "Ave", "Rd", "Lane", "Blvd")
ROOF: Pair = ("옥상", "ROOF")

_TABLES = (ROOMS, EXITS, HAZARDS, NOTICES, TRADES)
_TEST_SHARE = 5
"""One word in so many is for tests."""
_SALT = "244."
"""Found by trial: with it about a fifth of each table is for tests."""


def _for_tests(text: str) -> bool:
    return crc32((_SALT + text.casefold()).encode()) % _TEST_SHARE == 0


@cache
def _first_words() -> dict[str, str]:
    """For each word the first, in the order of characters, of all that pairs tie to it."""
    tied: dict[str, set[str]] = {}
    for korean, english in (pair for table in _TABLES for pair in table):
        one = tied.get(korean, {korean}) | tied.get(english.casefold(), {english.casefold()})
        for word in one:
            tied[word] = one
    return {word: min(one) for word, one in tied.items()}


def in_pool(name: str, words: Words) -> bool:
    """Whether a name that is put together belongs to a pool."""
    return words == "all" or _for_tests(name) == (words == "test")


@cache
def of_pool(table: tuple[Pair, ...], words: Words) -> tuple[Pair, ...]:
    """The pairs of one of the tables of fixed words that belong to a pool."""
    first = _first_words()
    return tuple(pair for pair in table if words == "all" or _for_tests(first[pair[0]]) == (words == "test"))


def shared_words() -> tuple[str, ...]:
    """The fixed words that both pools have: kinds of buildings, parts of floors' and streets' names."""
    pairs = (*BUILDINGS, *(pair for uses in BUILDING_USES.values() for pair in uses), ROOF)
    return _unique([word for pair in pairs for word in pair] + [*EN_WAYS, "BASEMENT", "LEVEL", "Room", "지하"])


def lexicon(pool: Words = "all") -> tuple[str, ...]:
    """All fixed words that signs of a pool may show, in the order of characters: the word list that readers are given.

    Names that are put together (shops, streets, buildings) and numbers are not among them.
    """
    words = [word for table in _TABLES for pair in of_pool(table, pool) for word in pair]
    words += [english.upper() for _, english in of_pool(TRADES, pool)]  # as signs in both languages show them
    return _unique([*words, *shared_words()])


def _unique(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(words)))
