"""The demo's learners and mentors, matched as its own notes promise."""

from datetime import date, time

from frontend.demo.reading import read
from mentoring.matcher import Learner, Mentor, Slot, match


def slots_of(row) -> tuple[Slot, ...]:
    return tuple(
        Slot(slot["weekday"], time.fromisoformat(slot["start"]), time.fromisoformat(slot["end"]))
        for slot in row["slots"]
    )


def test_nine_of_ten_learners_of_the_demo_find_a_mentor():
    people = {person["handle"]: person for person in read("people")}
    numbers = {handle: number for number, handle in enumerate(people)}
    skills = {row["slug"]: number for number, row in enumerate(read("skills"))}
    data = read("mentoring")
    taken = [row["mentor"] for row in data["mentorships"]]
    mentors = [
        Mentor(
            id=numbers[row["mentor"]],
            person=numbers[row["mentor"]],
            languages=tuple(row["languages"]),
            slots=slots_of(row),
            zone=people[row["mentor"]]["time_zone"],
            levels={skills[slug]: 2 for slug in row["skills"]},
            places=row["capacity"] - taken.count(row["mentor"]),
        )
        for row in data["offers"]
    ]
    learners = [
        Learner(
            id=numbers[row["learner"]],
            person=numbers[row["learner"]],
            languages=tuple(row["languages"]),
            slots=slots_of(row),
            zone=people[row["learner"]]["time_zone"],
            skills=tuple(skills[slug] for slug in row["skills"]),
        )
        for row in data["requests"]
        if row["state"] == "open"
    ]

    outcome = match(learners, mentors, first_week=date(2026, 11, 30))

    found = {pair.request: pair.offer for pair in outcome.chosen}
    assert len(found) == len(learners) - 1 == 9
    assert outcome.alone == {numbers["sofia-mendez"]: "no_language"}
    assert found[numbers["dar-assalam"]] == numbers["salma-idrissi"]
    assert found[numbers["chorale-du-lac"]] == numbers["grace-okoro"]
