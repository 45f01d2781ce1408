// What is wrong with the known-bad page when it runs.
console.error("erreur plantée")
document.getElementById("piege").addEventListener("keydown", (event) => event.preventDefault())
