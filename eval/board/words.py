"""All words of the pages in English and Korean."""

from collections.abc import Mapping

__all__ = ["LANGUAGES", "words"]

LANGUAGES = {"en": "English", "ko": "한국어"}

_WORDS = {
    "board": ("Leaderboard", "순위표"),
    "as_of": ("As of", "기준 시각"),
    "entries": ("ledger entries", "원장 기록"),
    "key": ("Signed with the key", "서명 키"),
    "head": ("Hash of the last line", "마지막 줄의 해시"),
    "check": (
        "Everything here follows from the signed ledger; anyone can check it offline with",
        "이 페이지의 모든 내용은 서명된 원장에서 나온 것이며, 누구나 오프라인에서 다음 명령으로 확인할 수 있습니다:",
    ),
    "round": ("Round", "라운드"),
    "overall": ("Overall", "종합 순위"),
    "overall_text": (
        "Mean over the missions, each of the same weight; a mission without a ranked run counts 0 points.",
        "모든 임무 점수의 평균입니다. 각 임무의 비중은 같고, 순위에 든 실행이 없는 임무는 0점으로 셉니다.",
    ),
    "ranks_text": (
        "A rank such as 2–4: the data put one team ahead of this one, and all from the fifth on behind it. Teams whose "
        "paired difference (bootstrap over the same episodes, 95 %) holds 0 tie and share ranks. A team's last sound run "
        "counts.",
        "순위 2–4는 데이터로 보아 한 팀이 앞서고 다섯째부터의 팀들이 뒤처진다는 뜻입니다. 같은 에피소드에서 짝지은 차이의 "
        "95 % 구간(부트스트랩)이 0을 포함하는 팀들은 동률이며 순위를 나누어 가집니다. 각 팀의 마지막 정상 실행만 셉니다.",
    ),
    "few": (
        "Too few episodes to tell any two teams apart: all share all ranks.",
        "에피소드가 너무 적어 팀을 구별할 수 없으므로 모두 동률입니다.",
    ),
    "mission": ("mission", "임무"),
    "rules": ("rules", "규칙"),
    "episodes": ("episodes", "에피소드"),
    "config": ("configuration", "구성"),
    "rank": ("rank", "순위"),
    "team": ("team", "팀"),
    "no_team": ("agent without a team", "팀 없는 에이전트"),
    "score": ("score", "점수"),
    "interval": ("95 % interval", "95 % 구간"),
    "success": ("success", "성공률"),
    "run": ("run", "실행"),
    "agent": ("agent", "에이전트"),
    "entry": ("entry", "기록"),
    "time": ("time", "시각"),
    "standing": ("standing", "상태"),
    "outcomes": ("how episodes ended", "에피소드 결과"),
    "links": ("flights", "비행 기록"),
    "report": ("report", "보고서"),
    "replay": ("replay", "다시 보기"),
    "details": ("details: pairs and slices", "자세히: 팀 간 비교와 세부 분석"),
    "nothing": ("Nothing is ranked here yet.", "아직 순위에 든 실행이 없습니다."),
    "failed": ("Not ranked", "순위 외"),
    "failed_text": (
        "Runs that failed, broke off or are to be repeated. They are listed and never ranked.",
        "실패했거나 중단되었거나 다시 실행할 기록입니다. 목록에만 있고 순위에는 들지 않습니다.",
    ),
    "refusals": ("Refused", "접수 거부"),
    "refusals_text": ("Submissions that never flew.", "한 번도 비행하지 못한 제출물입니다."),
    "withdrawn": ("Withdrawn", "철회"),
    "withdrawn_text": (
        "These runs no longer count. Their entries stay in the ledger.",
        "이 실행들은 더 이상 세지 않지만, 기록은 원장에 남아 있습니다.",
    ),
    "reason": ("reason", "사유"),
    "outcome": ("outcome", "결과"),
    "pairs": ("Pairs", "팀 간 비교"),
    "pairs_text": (
        "Mean of the first team less that of the second, in the same episodes.",
        "같은 에피소드에서 첫째 팀 평균에서 둘째 팀 평균을 뺀 값입니다.",
    ),
    "first": ("first", "첫째 팀"),
    "second": ("second", "둘째 팀"),
    "difference": ("difference", "차이"),
    "tie": ("told apart", "구별됨"),
    "yes": ("yes", "예"),
    "no": ("no", "아니요"),
    "slices": ("Slices", "세부 분석"),
    "slices_text": (
        "Share of what there was that the team reported, in %; in brackets how many there were. Gap: the largest share of "
        "men, women and children less the smallest. With ✓, where only finds can be told apart: share of them told right.",
        "있었던 것 가운데 팀이 보고한 비율(%)이며, 괄호 안은 개수입니다. "
        "격차: 남성, 여성, 어린이 비율의 최댓값에서 최솟값을 뺀 값입니다. "
        "✓는 찾은 것만 나눌 수 있는 구간에서 바르게 알아낸 비율입니다.",
    ),
    "by": ("by", "기준"),
    "slice": ("slice", "구간"),
    "gap": ("gap", "격차"),
    "history": ("Submissions", "제출 이력"),
    "history_text": (
        "Mean score and 95 % interval of each submission in its order; ✕ is a run that can't be ranked, † a withdrawn one.",
        "제출 순서대로 본 평균 점수와 95 % 구간입니다. ✕는 순위에 들 수 없는 실행, †는 철회된 실행입니다.",
    ),
    "back": ("all rankings", "전체 순위"),
    "data": ("Data", "데이터"),
    "ranked": ("ranked", "순위"),
    "earlier": ("earlier run", "이전 실행"),
    "standing_failed": ("failed", "실패"),
    "incomplete": ("incomplete", "미완료"),
    "repeat": ("to be repeated (the referee's fault)", "재실행 예정(심판 측 오류)"),
    "by_group": ("men, women, children", "남성, 여성, 어린이"),
    "by_all": ("all", "전체"),
    "by_kind": ("kind", "종류"),
    "by_posture": ("posture", "자세"),
    "by_language": ("language", "언어"),
    "by_nearest_m": ("nearest approach [m]", "최근접 거리 [m]"),
    "by_from_m": ("reported from [m]", "보고 거리 [m]"),
    "by_transmittance": ("smoke: transmittance", "연기: 투과율"),
    "by_behaviour": ("movement", "움직임"),
    "by_height_m": ("height [m]", "높이 [m]"),
    "by_angle_deg": ("angle [deg]", "각도 [도]"),
    "by_snr_db": ("signal to noise [dB]", "신호 대 잡음비 [dB]"),
    "by_distance_m": ("distance [m]", "거리 [m]"),
    "by_rt60_s": ("reverberation [s]", "잔향 시간 [s]"),
    "by_from_nose_deg": ("from the nose [deg]", "기수 기준 각도 [도]"),
    "by_elevation_deg": ("elevation [deg]", "고도각 [도]"),
    "by_place": ("place", "장소"),
}


def words(language: str) -> Mapping[str, str]:
    """The words of a language by their keys."""
    column = list(LANGUAGES).index(language)
    return {key: pair[column] for key, pair in _WORDS.items()}
