// Remembers in a cookie whether the visitor wants real pictures.
export default function ({ data }) {
  document.cookie = `covergenre_pictures=${data.wanted ? 1 : 0}; path=/; max-age=31536000; samesite=strict`
}
