# Reads a plan: resources that stay or are created, values that are unknown until apply, and the references of the configuration.
package lectern.lib

# An address without the keys of for_each and count.
bare(address) := regex.replace(address, `\[("([^"\\]|\\.)*"|\d+)\]`, "")

# By type, the resources of all modules that exist after the apply. One that is only deleted is not among them.
by_type[change.type] contains resource if {
	some change in object.get(input, "resource_changes", [])
	change.mode == "managed"
	is_object(change.change.after)
	resource := {
		"address": change.address,
		"config": bare(change.address),
		"module": object.get(change, "module_address", ""),
		"index": object.get(change, "index", null),
		"type": change.type,
		"after": change.change.after,
		"unknown": object.get(change.change, "after_unknown", {}),
	}
}

of_type(type) := object.get(by_type, type, set())

of_types(types) := union({of_type(type) | some type in types})

# Data sources that Terraform reads during the apply. What is known of them is in the plan.
reads[config] contains {"after": change.change.after, "unknown": object.get(change.change, "after_unknown", {})} if {
	some change in object.get(input, "resource_changes", [])
	change.mode == "data"
	is_object(change.change.after)
	config := bare(change.address)
}

value(resource, path) := object.get(resource.after, path, null)

# Whether the value at a path, or a block around it, is known only after the apply.
is_unknown(resource, path) if {
	some length in numbers.range(0, count(path))
	object.get(resource.unknown, array.slice(path, 0, length), false) == true
}

# Whether something in a value, for example one element of a list, is unknown.
is_partly_unknown(resource, path) if is_unknown(resource, path)

is_partly_unknown(resource, path) if {
	walk(object.get(resource.unknown, path, false), [_, true])
}

is_empty(null) := true

is_empty("") := true

is_empty(list) if {
	is_array(list)
	count(list) == 0
}

is_empty(map) if {
	is_object(map)
	count(map) == 0
}

# ---- The configuration

root_module := object.get(input, ["configuration", "root_module"], {})

# By path, for example "module.network", the modules of the configuration, five levels deep. The root module's path is "".
# References of a deeper module are not followed: what they would decide stays unknown.
modules := object.union_n([{"": root_module}, level_1, level_2, level_3, level_4, level_5])

level_1[path] := call.module if {
	some parent, module in {"": root_module}
	some name, call in object.get(module, "module_calls", {})
	path := join_path(parent, sprintf("module.%s", [name]))
}

level_2[path] := call.module if {
	some parent, module in level_1
	some name, call in object.get(module, "module_calls", {})
	path := join_path(parent, sprintf("module.%s", [name]))
}

level_3[path] := call.module if {
	some parent, module in level_2
	some name, call in object.get(module, "module_calls", {})
	path := join_path(parent, sprintf("module.%s", [name]))
}

level_4[path] := call.module if {
	some parent, module in level_3
	some name, call in object.get(module, "module_calls", {})
	path := join_path(parent, sprintf("module.%s", [name]))
}

level_5[path] := call.module if {
	some parent, module in level_4
	some name, call in object.get(module, "module_calls", {})
	path := join_path(parent, sprintf("module.%s", [name]))
}

join_path("", name) := name

join_path(path, name) := sprintf("%s.%s", [path, name]) if path != ""

configured[address] := object.union(resource, {"path": path}) if {
	some path, module in modules
	some resource in object.get(module, "resources", [])
	address := join_path(path, resource.address)
}

# Cuts a reference to what it is about: a variable, a local value, an output of a module, a data source or a resource.
subject(reference) := concat(".", array.slice(parts, 0, length)) if {
	parts := split(bare(reference), ".")
	length := object.get({"var": 2, "local": 2, "module": 3, "data": 3}, parts[0], 2)
	count(parts) >= length
	not parts[0] in {"each", "count", "self", "path", "terraform"}
}

# References as they are written.
written(expression) := {reference | some reference in expression.references} if {
	expression.references
} else := {reference |
	walk(expression, [keys, list])
	keys[count(keys) - 1] == "references"
	some reference in list
}

subjects(written_references) := {subject(reference) | some reference in written_references}

references(expression) := subjects(written(expression))

# References of an argument; each.value stands for what for_each refers to.
argument_references(resource, expression) := subjects(all) | each if {
	all := written(expression)
	each := {reference |
		some written_reference in all
		startswith(written_reference, "each.value")
		some reference in references(object.get(resource, "for_each_expression", {}))
	}
}

# From where to where references lead: through variables, outputs of modules and data sources, up to resources and local values.
edges[node] contains to if {
	some path, module in modules
	some name, call in object.get(module, "module_calls", {})
	child := join_path(path, sprintf("module.%s", [name]))
	some variable, expression in object.get(call, "expressions", {})
	node := join_path(child, sprintf("var.%s", [variable]))
	some reference in argument_references(call, expression)
	to := join_path(path, reference)
}

edges[node] contains to if {
	some path, module in modules
	some name, output in object.get(module, "outputs", {})
	node := join_path(path, name)
	some reference in references(object.get(output, "expression", {}))
	to := join_path(path, reference)
}

edges[node] contains to if {
	some node, resource in configured
	resource.mode == "data"
	some reference in argument_references(resource, object.get(resource, "expressions", {}))
	to := join_path(resource.path, reference)
}

# With every node that is referred to: graph.reachable leaves out those that are no key.
every_edge[node] := object.get(edges, node, set()) if {
	some node in (object.keys(edges) | union({targets | some targets in edges}))
}

# All that an argument of a resource refers to.
reached(resource, argument) := starts | graph.reachable(every_edge, starts) if {
	block := configured[resource.config]
	starts := {join_path(block.path, reference) |
		some reference in argument_references(block, object.get(block, ["expressions", argument], {}))
	}
} else := set()

# Local values are not in a plan, so where one is referred to, the references do not decide.
is_opaque(resource, argument) if {
	some node in reached(resource, argument)
	regex.match(`(^|\.)local\.[^.]+$`, node)
}

is_opaque(resource, argument) if count(reached(resource, argument)) == 0

names(resource) := {name |
	some attribute in ["id", "arn", "bucket", "name", "function_name", "key_id"]
	name := resource.after[attribute]
	is_string(name)
	name != ""
}

mentions(text, resource) if text in names(resource)

mentions(list, resource) if {
	is_array(list)
	some text in list
	text in names(resource)
}

# Whether an argument of a resource is the target: by value if it is known, else by what the configuration refers to.
is_linked(resource, argument, target) if {
	mentions(value(resource, [argument]), target)
}

is_linked(resource, argument, target) if {
	is_partly_unknown(resource, [argument])
	target.config in reached(resource, argument)
	same_instance(resource, target)
}

same_instance(resource, target) if {
	bare(resource.module) != bare(target.module)
} else if {
	resource.module == target.module
	resource.index == target.index
} else if {
	resource.module == target.module
	null in {resource.index, target.index}
} else if {
	resource.module == target.module
	resource.index != target.index
	configured[resource.config].for_each_expression.references != configured[target.config].for_each_expression.references
	not refers_to_config(configured[resource.config].for_each_expression, target)
}

refers_to_config(expression, target) if {
	some reference in references(expression)
	endswith(target.config, reference)
}

# Whether a link to anything cannot be ruled out.
may_be_linked(resource, argument) if {
	is_partly_unknown(resource, [argument])
	is_opaque(resource, argument)
}

has_linked(types, argument, target) if {
	some resource in of_types(types)
	is_linked(resource, argument, target)
}

may_have_linked(types, argument, target) if {
	not has_linked(types, argument, target)
	some resource in of_types(types)
	may_be_linked(resource, argument)
}

lacks_linked(types, argument, target) if {
	not has_linked(types, argument, target)
	not may_have_linked(types, argument, target)
}

# ---- Policies

listed(value) := value if is_array(value)

listed(value) := [value] if {
	not is_array(value)
	value != null
}

listed(null) := []

# Statements of a policy: of its JSON if it is known, else of the policy documents that the configuration refers to. A statement
# without a value that is known has null there.
statements(resource, argument) := found if {
	text := value(resource, [argument])
	is_string(text)
	document := json.unmarshal(text)
	found := {normal |
		some statement in listed(object.get(document, "Statement", []))
		normal := {
			"effect": object.get(statement, "Effect", "Allow"),
			"actions": listed(object.get(statement, "Action", null)),
			"resources": listed(object.get(statement, "Resource", null)),
			"principals": principals(object.get(statement, "Principal", null)),
			"conditions": {key | some operator in object.get(statement, "Condition", {}); some key, _ in operator},
		}
	}
} else := {normal |
	some node in reached(resource, argument)
	some document in object.get(reads, node, set())
	some statement in listed(object.get(document.after, "statement", []))
	normal := {
		"effect": effect(object.get(statement, "effect", null)),
		"actions": listed(object.get(statement, "actions", null)),
		"resources": listed(object.get(statement, "resources", null)),
		"principals": {identifier | some principal in listed(object.get(statement, "principals", [])); some identifier in listed(object.get(principal, "identifiers", []))},
		"conditions": {condition.variable | some condition in listed(object.get(statement, "condition", []))},
	}
}

effect(null) := "Allow"

effect(text) := text if is_string(text)

principals(null) := set()

principals("*") := {"*"}

principals(by_kind) := {identifier |
	is_object(by_kind)
	some identifiers in by_kind
	some identifier in listed(identifiers)
} if is_object(by_kind)

# Whether actions of a policy are unknown.
is_dark(resource, argument) if {
	is_unknown(resource, [argument])
	count(statements(resource, argument)) == 0
}

is_dark(resource, argument) if {
	is_unknown(resource, [argument])
	some node in reached(resource, argument)
	some document in object.get(reads, node, set())
	has_unknown_actions(node, document)
}

has_unknown_actions(_, document) if document.unknown.statement == true

has_unknown_actions(_, document) if {
	some statement in document.unknown.statement
	object.get(statement, "actions", false) == true
}

# Documents that are merged into this one, of which nothing says what they are.
has_unknown_actions(node, document) if {
	walk(object.get(document.unknown, "source_policy_documents", false), [_, true])
	merged := reached({"config": node}, "source_policy_documents")
	not refers_to_document(merged)
}

refers_to_document(nodes) if {
	some node in nodes
	contains(node, "data.aws_iam_policy_document.")
}

# ---- Findings

# A finding of the rule whose annotations these are (`rego.metadata.chain()`).
found(chain, address, seen) := object.union(about(chain), {"address": address, "seen": seen})

# The same for a value that is known only after the apply.
not_known(chain, address, attribute) := object.union(about(chain), {
	"severity": "unknown",
	"address": address,
	"seen": sprintf("%s is unknown until apply, and the configuration does not decide it", [attribute]),
})

about(chain) := {
	"rule": replace(chain[0].path[count(chain[0].path) - 1], "_", "-"),
	"requirement": custom.requirement,
	"severity": custom.severity,
	"fix": custom.fix,
} if {
	some link in chain
	custom := link.annotations.custom
}

# ---- Settings

default_thresholds := {
	"dump_max_hours": 6,
	"log_retention_days": 30,
	"password_length": 12,
	"secret_rotation_days": 90,
}

threshold(name) := limit if {
	limit := data.lectern_policy.thresholds[name]
} else := default_thresholds[name]
