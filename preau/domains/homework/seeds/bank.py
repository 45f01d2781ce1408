"""What is said of lessons in the demonstration: for each subject a sequence, each line « content | homework | minutes »."""

from dataclasses import dataclass

from preau.domains.homework.actions.words import words_of
from preau.foundation.richtext import signs
from preau.foundation.text import french


@dataclass(frozen=True)
class Line:
    """Content is formatted text; `words` is what it is found by."""

    content: str
    words: str
    homework: str = ""
    minutes: int = 0


MATHS = """
Fractions : égalité, simplification. Nous avons cherché les exercices 4 à 7 page 41. | Exercices 9 et 11 page 42 | 20
Comparer des fractions. Méthode : réduire au même dénominateur. | Apprendre la méthode de l’encadré page 40 | 10
Additionner des fractions : deux exemples au tableau, puis travail par deux. | Exercices 14, 15 et 16 page 43 | 25
Problèmes avec des fractions : le partage d’un jardin. Correction détaillée dans le cahier.
Interrogation écrite de vingt minutes sur les fractions, puis début du chapitre sur les triangles.
Construction d’un triangle connaissant trois longueurs : règle et compas. | Construire les trois triangles de la feuille | 20
Inégalité triangulaire : quand un triangle n’existe pas. | Exercices 3 et 5 page 118 | 15
Médiatrices d’un triangle. Le cercle circonscrit, découvert avec le logiciel de géométrie.
Hauteurs et aires : formule de l’aire d’un triangle, démontrée à partir du rectangle. | Exercice 22 page 121 et apprendre la leçon | 25
Bilan du chapitre : chacun a rempli sa fiche « Je sais, je dois revoir ». | Préparer l’évaluation : refaire les exercices corrigés | 40
Évaluation sur les triangles.
Nombres relatifs : la droite graduée, les températures, les étages d’un parking. | Exercices 1 à 4 page 60 | 15
"""
FRENCH = """
Le récit d’aventure : lecture à voix haute de l’incipit, relevé des lieux et des personnages. | Lire le premier chapitre | 30
Compréhension : qui raconte ? Distinction entre auteur et narrateur. | Répondre aux questions 1 à 4 de la fiche | 20
Grammaire : le complément d’objet direct et indirect. | Exercices 2 et 3 page 256 | 15
Orthographe : l’accord du participe passé avec être. Dictée préparée. | Apprendre les mots de la liste 3 | 10
Écriture : décrire un lieu en utilisant les cinq sens. Premier jet. | Recopier au propre la description, une page au plus | 40
Relecture par deux avec la grille, puis deuxième jet.
Vocabulaire : les familles de mots, préfixes et suffixes. | Exercice 6 page 301 | 10
Lecture : la rencontre avec le personnage principal. Portrait et caractère. | Lire le chapitre 3 et noter trois adjectifs avec leur preuve | 30
Conjugaison : imparfait et passé simple, valeurs dans le récit. | Apprendre le passé simple de être, avoir, faire, venir | 20
Mise en voix d’un dialogue, par groupes de trois.
Évaluation de lecture sur les chapitres 1 à 4.
Poésie : rythme et rimes. Chacun choisit son poème. | Apprendre le poème choisi | 30
"""
HISTORY = """
La naissance des villes au Moyen Âge : étude du plan de la ville, repérage des quartiers. | Relire la leçon et apprendre les trois définitions | 15
Marchands et artisans : étude de documents par groupes. | Terminer le tableau de la page 74 | 20
La charte de commune : qui décide dans la ville ?
Méthode : présenter un document, avec la fiche de la classe. | Présenter le document 2 page 78 en cinq lignes | 20
Bilan : carte mentale de la séquence, faite ensemble au tableau. | Apprendre la carte mentale | 25
Évaluation sur la ville au Moyen Âge.
Géographie : habiter une métropole. Lecture de paysage à partir de deux photographies. | Décrire la photographie 3 page 192 | 15
Se déplacer dans la métropole : le plan des transports, les trajets domicile-travail.
Croquis : les espaces de la métropole, avec sa légende. | Terminer le croquis au crayon de couleur | 30
Comparaison avec une métropole d’un pays pauvre : mêmes questions, autres réponses. | Réviser le vocabulaire de la géographie | 10
"""
CIVICS = """
Les droits et les devoirs du collégien : lecture commentée du règlement intérieur.
L’élection des délégués : à quoi servent-ils ? Débat réglé. | Écrire trois qualités d’un bon délégué | 10
La laïcité à l’école : les articles de la charte, expliqués par groupes.
Égalité entre filles et garçons : étude de deux affiches. | Chercher le sens du mot « stéréotype » | 10
"""
ENGLISH = """
Parler de ses habitudes : présent simple, adverbes de fréquence. Dialogues par deux. | Learn the vocabulary, page 24 | 15
Compréhension orale : une journée d’école à Bristol. Trois écoutes, prise de notes.
Poser des questions : le jeu des vingt questions. | Workbook page 12, exercises 1 and 2 | 15
Le présent en be + -ing : décrire une image. | Describe your picture in five sentences | 20
Écrire un courriel au correspondant : plan et premières phrases. | Finish the email to your penfriend | 30
Lecture : un article sur les clubs d’une école. Recherche des mots transparents. | Learn the words in yellow | 10
Prise de parole en continu : présenter son club préféré, deux minutes chacun.
Bilan de séquence, écrit et oral.
"""
LIFE = """
Où vivent les êtres vivants ? Sortie dans la cour, relevé dans le tableau. | Mettre le tableau au propre | 15
Les conditions du milieu : température, humidité, lumière. Mesures par équipes.
Schéma d’expérience : que cherchent les cloportes ? | Rédiger la conclusion de l’expérience | 15
Résultats mis en commun, discussion des mesures qui ne vont pas ensemble.
La respiration des animaux aquatiques : observation au microscope. | Légender le dessin d’observation | 15
Bilan : carte des notions. | Apprendre le bilan du chapitre 2 | 20
Évaluation sur les milieux de vie.
"""
PHYSICS = """
Les états de l’eau : observations, schémas normalisés. | Exercices 3 et 4 page 18 | 15
Mesurer une masse et un volume : prise en main de la balance et de l’éprouvette.
Mélanges : ce qui se dissout et ce qui ne se dissout pas. Expérience par deux. | Terminer le compte rendu | 20
Circuit électrique simple : les dipôles et leurs symboles. | Apprendre les symboles de la page 92 | 10
Évaluation, puis correction avec la fiche de compétences.
"""
TECHNOLOGY = """
Le besoin et la fonction d’un objet : étude du vélo en libre service. | Compléter la fiche « À quoi sert l’objet ? » | 15
Découverte du tableur : ranger et trier des mesures.
Programmer le robot : avancer, tourner, s’arrêter devant un obstacle.
Essais et améliorations du programme, chaque équipe note ce qu’elle a changé. | Préparer la présentation de l’équipe | 15
"""
SPORT = """
Course en durée : trouver son allure, première mesure. | Apporter une bouteille d’eau et une tenue de rechange | 5
Course en durée : tenir douze minutes sans marcher.
Badminton : tenir sa raquette, renvoyer haut et loin.
Badminton : petits matchs, chacun arbitre à son tour.
"""
ARTS = """
Le point de vue : photographier la cour autrement. | Apporter trois images prises de haut | 10
Composer une image à plusieurs plans. Travail à la gouache.
Présentation des travaux : dire ce que l’on a voulu faire.
"""
MUSIC = """
Écoute : reconnaître les familles d’instruments. Apprentissage du refrain.
Chant : le deuxième couplet, à deux voix. | Réécouter le chant de la classe | 5
Rythme : lecture et frappe, par groupes.
"""
PHILOSOPHY = """
Qu’est-ce qu’une question philosophique ? Analyse de trois sujets. | Reformuler les trois sujets en une question chacun | 30
La conscience : lecture expliquée d’un extrait des Méditations. | Lire l’extrait distribué et noter l’argument principal | 40
La conscience et l’inconscient : exposé, puis discussion.
Méthode de la dissertation : de la question au plan. | Proposer un plan détaillé | 60
"""
ECONOMICS = """
Comment se forme un prix ? Le marché des vélos d’occasion. | Exercice du polycopié, questions 1 à 5 | 30
Offre et demande : lecture et tracé des courbes. | Apprendre les définitions de la fiche 2 | 20
Étude de documents : les chiffres des ventes, ce qu’ils disent et ce qu’ils ne disent pas.
Évaluation de trente minutes, puis correction.
"""
DIGITAL = """
Qu’est-ce qu’un protocole ? Le courrier et ses enveloppes, joué en classe. | Lire la fiche « Un message voyage » | 15
Les adresses sur un réseau : travaux pratiques sur machine.
Données et traces : ce qu’une photographie raconte sans qu’on le voie. | Relever les traces laissées pendant une journée | 20
Boucles et conditions : trois petits programmes à compléter. | Terminer le programme 3 | 25
"""
OTHER = """
Présentation de la séquence et du travail attendu. | Relire les notes de la séance | 10
Travail en groupes sur documents, mise en commun.
Exercices d’entraînement, corrigés ensemble. | Terminer les exercices | 20
Bilan de la séquence. | Réviser pour l’évaluation | 30
"""
# An école: nothing is written at home; what is to be gone over again is said so.
READING = """
Lecture : nous avons lu la suite de l’histoire et joué le dialogue. | Relire la page à voix haute | 10
Étude de la langue : le verbe et son sujet, jeu des étiquettes.
Dictée flash de cinq phrases. | Revoir les mots de la semaine | 10
Rédaction : raconter la sortie en forêt, premier jet.
Poésie : écoute et choix du poème. | Revoir la poésie | 10
"""
COUNTING = """
Calcul mental, puis la soustraction posée avec le matériel. | Revoir la table de 6 | 10
Problèmes : chercher à deux, expliquer sa façon de faire.
Géométrie : reconnaître un angle droit avec l’équerre.
Mesures : comparer des longueurs dans la cour, les ranger. | Revoir la leçon M4 | 5
"""
WORLD = """
Questionner le monde : d’où vient la pluie ? Schéma du voyage de l’eau.
Se repérer sur le plan du quartier, puis y marcher avec le plan.
Les saisons : le carnet de l’arbre de la cour, page d’automne.
"""
BANKS = {
    "061300": MATHS,
    "020700": FRENCH,
    "043700": HISTORY,
    "043800": CIVICS,
    "030201": ENGLISH,
    "062900": LIFE,
    "062300": PHYSICS,
    "070800": TECHNOLOGY,
    "100100": SPORT,
    "090100": ARTS,
    "081300": MUSIC,
    "010300": PHILOSOPHY,
    "050700": ECONOMICS,
    "074600": DIGITAL,
    "074700": DIGITAL,
    "1D-FRA": READING,
    "1D-LANM": READING,
    "1D-MAT": COUNTING,
    "1D-NOMM": COUNTING,
    "1D-QLM": WORLD,
    "1D-EPS": SPORT,
    "1D-ANG": ENGLISH,
    "1D-ART": ARTS,
}


def _read(text: str) -> tuple[Line, ...]:
    return tuple(_line(french(line)) for line in text.strip().splitlines())


def _line(line: str) -> Line:
    content, homework, minutes = [*(part.strip() for part in line.split("|")), "", ""][:3]
    html = signs.from_plain(content)
    return Line(html, words_of(html), homework, int(minutes or 0))


LINES = {code: _read(text) for code, text in BANKS.items()}
USUAL = _read(OTHER)


def lines_of(code: str) -> tuple[Line, ...]:
    """The sequence of a subject, by its national code."""
    usual = LINES["1D-QLM"] if code.startswith("1D-") else USUAL
    return LINES.get(code) or LINES.get(code.removesuffix("M"), usual)
