// Which containers need which images.
#include "frontend/commands/image_users.h"

#include <set>

#include "frontend/containers/store.h"

namespace ocirt::frontend {

std::vector<model::Record> records_of(const Context& context) {
  return containers::records_in(context.store().root());
}

std::vector<std::string> users_of_image(const std::vector<model::Record>& records,
                                        const std::string& image) {
  std::vector<std::string> users;
  for (const model::Record& record : records) {
    if (record.image == image) users.push_back(record.id);
  }
  return users;
}

images::LayersInUse layers_of_containers(const Context& context) {
  return [root = context.store().root()] {
    const std::string layers = root + "/layers/";
    std::set<std::string> names;
    for (const model::Record& record : containers::records_in(root)) {
      for (const std::string& path : record.layers) {  // ROOT/layers/NAME/tree
        if (!path.starts_with(layers)) continue;
        names.insert(path.substr(layers.size(), path.find('/', layers.size()) - layers.size()));
      }
    }
    return names;
  };
}

}  // namespace ocirt::frontend
