//! The people in front of the machines.

use super::machine::User;
use crate::dice::Dice;

const FIRST: [&str; 20] = [
    "Maria", "James", "Aisha", "Tom", "Elena", "Marcus", "Priya", "Owen", "Sofia", "Daniel",
    "Grace", "Ruben", "Hannah", "Victor", "Nadia", "Peter", "Chloe", "Samuel", "Ingrid", "Leon",
];

const LAST: [&str; 20] = [
    "Alvarez",
    "Bennett",
    "Chowdhury",
    "Dawson",
    "Eriksen",
    "Foster",
    "Gupta",
    "Hughes",
    "Ito",
    "Jansen",
    "Keller",
    "Lindqvist",
    "Moreau",
    "Novak",
    "O'Brien",
    "Petrov",
    "Quinn",
    "Romero",
    "Schultz",
    "Turner",
];

pub(super) fn user(dice: &mut Dice) -> User {
    let at = dice.below(FIRST.len() * LAST.len());
    let (first, last) = (FIRST[at % FIRST.len()], LAST[at / FIRST.len()]);
    let plain = last.replace('\'', "");
    User {
        id: at as u64 + 1,
        name: format!("{first} {last}"),
        login: format!("{}{plain}", &first[..1]).to_ascii_lowercase(),
    }
}
